# Fan-out and fan-in, cancellation, pause and resume, dead letters. Sourced.

test_fans() {
  section 'Fan-out and fan-in'
  local fan
  fan=$(node -e '
    const wide = Array.from({ length: 200 }, (_, i) => ({ id: "w" + i, handler: "noop", queue: "default", dependencies: ["start"] }));
    const join = { id: "join", handler: "noop", queue: "default", dependencies: wide.map(({ id }) => id) };
    console.log(JSON.stringify({ name: "acceptance-fan", dag: { nodes: [{ id: "start", handler: "input" }, ...wide, join] } }))')
  run_workflow "$fan"
  wait_for COMPLETED 60
  check '1 -> 200 -> 1 completes' 'b.status === "COMPLETED" && b.progress.total === 202'
  request GET "/api/v1/workflows/$ID/events?limit=1000"
  check 'every task is scheduled once and completed once' \
    '["NodeScheduled", "NodeCompleted"].every((type) => { const ids = b.items.filter((e) => e.type === type && e.node_id !== "start").map((e) => e.node_id); return ids.length === 201 && new Set(ids).size === 201; })'
  check 'the fan-in starts behind the last of the 200' \
    'b.items.find((e) => e.type === "NodeScheduled" && e.node_id === "join").seq > Math.max(...b.items.filter((e) => e.type === "NodeCompleted" && e.node_id.startsWith("w")).map((e) => e.seq))'
  local layers
  layers=$(node -e '
    const nodes = [];
    for (let layer = 0; layer < 10; layer++)
      for (let i = 0; i < 10; i++)
        nodes.push({ id: `l${layer}_${i}`, handler: "noop", queue: "default", dependencies: layer === 0 ? [] : [0, 1, 2].map((d) => `l${layer - 1}_${(i + d) % 10}`) });
    console.log(JSON.stringify({ name: "acceptance-layers", dag: { nodes } }))')
  run_workflow "$layers"
  wait_for COMPLETED 60
  check '10 layers of 10, three dependencies each' 'b.status === "COMPLETED" && b.progress.finished === 100'
}

slow_call() {
  printf '{"name":"acceptance-slow-call","dag":{"nodes":[{"id":"slow","handler":"http","config":{"url":"%s/slow","query":{"ms":30000,"reference":"${execution.id}"}}},{"id":"after","handler":"noop","dependencies":["slow"]}]}}' "$UPSTREAM"
}

test_cancellation() {
  section 'Cancellation'
  run_workflow "$(slow_call)"
  wait_for_effects slow-started 1 "$ID" || fail 'the slow call started' 'the upstream has not seen it'
  request POST "/api/v1/workflows/$ID/cancel" '{"reason":"acceptance run"}'
  check 'a running execution is cancelled' 's === 200 && b.status === "CANCELLED"'
  check 'its nodes are CANCELLED' 'b.node_statuses.slow === "CANCELLED" && b.node_statuses.after === "CANCELLED"'
  if wait_for_effects slow-aborted 1 "$ID"; then
    pass 'the running task was told to stop: its call has hung up'
  else
    fail 'the running task was told to stop' 'its call is still open after 10 s'
  fi
  refused 'cancelling what is cancelled' 409 WRONG_STATE POST "/api/v1/workflows/$ID/cancel"
  run_workflow "$(slow_call)"
  request DELETE "/api/v1/workflows/$ID"
  check 'DELETE cancels as well' 's === 200 && b.status === "CANCELLED"'
  submit "$two_steps"
  request POST "/api/v1/workflows/$ID/cancel"
  check 'what was never triggered can be cancelled' 's === 200 && b.status === "CANCELLED"'
  refused 'and not be triggered any more' 409 WRONG_STATE POST "/workflow/trigger/$ID"
  run_workflow "$two_steps"
  wait_for COMPLETED
  refused 'cancelling what has completed' 409 WRONG_STATE POST "/api/v1/workflows/$ID/cancel"
}

test_pause() {
  section 'Pause and resume'
  run_workflow '{"name":"acceptance-pause","dag":{"nodes":[{"id":"wait","handler":"delay","config":{"duration":"PT1S"}},{"id":"after","handler":"noop","dependencies":["wait"],"queue":"default"}]}}'
  request POST "/api/v1/workflows/$ID/pause"
  check 'a running execution is paused' 's === 200 && b.status === "PAUSED"'
  refused 'pausing it again' 409 WRONG_STATE POST "/api/v1/workflows/$ID/pause"
  sleep 1.5
  request GET "/workflows/$ID"
  check 'nothing starts while it is paused' 'b.status === "PAUSED" && b.node_statuses.after === "PENDING"'
  request POST "/api/v1/workflows/$ID/resume"
  check 'it resumes' 's === 200 && b.status !== "PAUSED"'
  wait_for COMPLETED
  check 'and completes' 'b.status === "COMPLETED"'
  refused 'resuming what has completed' 409 WRONG_STATE POST "/api/v1/workflows/$ID/resume"
}

find_dead_letter() {
  local left=100
  while [ "$left" -gt 0 ]; do
    request GET '/api/v1/dead-letters?limit=1000'
    LETTER=$(value "b.items.find(({execution_id}) => execution_id === '$ID')?.id")
    [ -n "$LETTER" ] && return 0
    sleep 0.1
    left=$((left - 1))
  done
  return 1
}

test_dead_letters() {
  section 'Dead letters and retries'
  local definition
  definition=$(printf '{"name":"acceptance-dead-letter","dag":{"nodes":[{"id":"start","handler":"input"},{"id":"call","handler":"http","dependencies":["start"],"config":{"url":"%s/flaky","query":{"key":"${execution.id}","fails":4}},"retry":{"max_attempts":2,"interval":0.05}}]}}' "$UPSTREAM")
  run_workflow "$definition"
  wait_for FAILED
  check 'it fails after its last attempt, and says where' 'b.status === "FAILED" && b.error.node_id === "call" && b.error.code === "HTTP_5XX"'
  find_dead_letter
  check 'the task is a dead letter, with its error and attempts' \
    "(l => l.node_id === 'call' && l.handler === 'http' && l.attempts === 2 && l.error.code === 'HTTP_5XX')(b.items.find(({execution_id}) => execution_id === '$ID'))"
  request POST "/api/v1/dead-letters/$LETTER/retry"
  check 'a retry revives the execution' 's === 200 && ["RUNNING", "FAILED"].includes(b.status)'
  local first=$LETTER
  wait_for_attempts call 4
  wait_for FAILED
  find_dead_letter
  check 'it fails again, as a new dead letter of 4 attempts' "(l => l.id !== '$first' && l.attempts === 4)(b.items.find(({execution_id}) => execution_id === '$ID'))"
  request POST "/api/v1/workflows/$ID/retry"
  check 'retrying the execution from its failed nodes' 's === 200'
  wait_for COMPLETED
  check 'now it completes' 'b.status === "COMPLETED"'
  request GET "/api/v1/workflows/$ID/nodes/call"
  check 'all five attempts are on record' 'b.attempts.length === 5 && b.attempts.slice(0, 4).every(({error}) => error.code === "HTTP_5XX")'

  run_workflow "${definition/\"fails\":4/\"fails\":99}"
  wait_for FAILED
  find_dead_letter
  request DELETE "/api/v1/dead-letters/$LETTER"
  check 'a dead letter can be discarded' 's === 204'
  refused 'and is gone then' 404 DEAD_LETTER_NOT_FOUND POST "/api/v1/dead-letters/$LETTER/retry"
}

wait_for_attempts() {
  local left=100
  while [ "$left" -gt 0 ]; do
    request GET "/api/v1/workflows/$ID/nodes/$1"
    [ "$(value b.attempts.length)" -ge "$2" ] && return 0
    sleep 0.1
    left=$((left - 1))
  done
  return 1
}
