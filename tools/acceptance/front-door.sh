# Submitting, triggering, watching; definitions, idempotent starts, waiting, live events, search. Sourced.

two_steps='{"name":"acceptance-two-steps","labels":{"suite":"acceptance"},"input_schema":{"type":"object","properties":{"n":{"type":"integer"}}},
  "output":{"twice":"${double.output.n}"},
  "dag":{"nodes":[{"id":"start","handler":"input","config":{"n":21}},
                  {"id":"double","handler":"transform","dependencies":["start"],"config":{"n":"${start.output.n * 2}"}}]}}'

test_front_door() {
  section 'Front door: submit, trigger, status, results'
  submit "$two_steps"
  check 'submitting answers 201 with exactly four fields' \
    's === 201 && keys(b) === "execution_id,status,version,workflow_id" && b.status === "PENDING" && b.version >= 1 && h.location.endsWith(b.execution_id)'
  check 'ids are UUIDs of version 7' '/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(b.execution_id)'
  request GET "/workflows/$ID"
  check 'before the trigger it is PENDING' 's === 200 && b.status === "PENDING" && b.started_at === null && b.node_statuses.double === "PENDING"'
  request POST "/workflow/trigger/$ID" '{"input":{"n":4}}'
  check 'triggering answers 202 RUNNING' "s === 202 && keys(b) === 'execution_id,status' && b.execution_id === '$ID' && b.status === 'RUNNING'"
  wait_for COMPLETED
  check 'it completes, with the status of every node and progress' \
    'b.status === "COMPLETED" && b.progress.percent === 100 && keys(b.node_statuses) === "double,start" && b.node_statuses.double === "COMPLETED" && Date.parse(b.finished_at) >= Date.parse(b.started_at)'
  request GET "/api/v1/workflows/$ID"
  check 'the same under /api/v1' "s === 200 && b.execution_id === '$ID'"
  request GET "/api/v1/workflows/$ID/results"
  check 'results have the output and the outputs of the nodes' 's === 200 && b.output.twice === 8 && b.outputs.start.n === 4 && b.outputs.double.n === 8'
  request GET "/api/v1/workflows/$ID/nodes/double"
  check "a node's details show its resolved config" 's === 200 && b.status === "COMPLETED" && b.output.n === 8 && b.dependencies[0] === "start"'
  request GET "/api/v1/workflows/$ID/events"
  check 'the journal counts without gaps and ends once' \
    's === 200 && b.items.every((event, i) => event.seq === i + 1) && b.items.at(-1).type === "ExecutionCompleted" && b.items.filter(({type}) => /^Execution(Completed|Failed)/.test(type)).length === 1'
  refused 'triggering it again' 409 WRONG_STATE POST "/workflow/trigger/$ID"
  check 'and says the actual state' 'b.execution_status === "COMPLETED"'
  submit "$two_steps"
  request POST "/workflow/trigger/$ID"
  check 'a trigger needs no body' 's === 202'
  wait_for COMPLETED && request GET "/api/v1/workflows/$ID/results"
  check 'and the defaults of the input node hold' 'b.output.twice === 42'
}

test_definitions() {
  section 'Definitions, idempotent starts, waiting'
  local name="acceptance-$RANDOM$RANDOM" key="key-$RANDOM$RANDOM" first
  local definition=${two_steps/acceptance-two-steps/$name}
  request POST /api/v1/definitions/validate "$definition"
  check 'a dry run says valid' 's === 200 && b.valid === true && b.node_count === 2 && b.edge_count === 1'
  request POST /api/v1/definitions "$definition"
  check 'registering answers 201, version 1' "s === 201 && b.version === 1 && b.name === '$name'"
  request POST /api/v1/definitions "$definition"
  check 'the same content is the same version' 's === 200 && b.version === 1'
  request POST /api/v1/definitions "${definition/21/22}"
  check 'another content is version 2' 's === 201 && b.version === 2'
  request GET "/api/v1/definitions/$name/versions"
  check 'both are listed, newest first' 's === 200 && b.items.map(({version}) => version).join() === "2,1"'

  request POST "/api/v1/definitions/$name/executions?wait=PT20S" '{"input":{"n":5}}'
  check 'one call starts, waits and has the results' 's === 200 && b.status === "COMPLETED" && b.output.twice === 10'
  request POST "/api/v1/definitions/$name/executions" '{"input":{"n":6}}' "Idempotency-Key: $key"
  check 'starting with an idempotency key' 's === 202 && b.created === true'
  first=$(value b.execution_id)
  request POST "/api/v1/definitions/$name/executions" '{"input":{"n":6}}' "Idempotency-Key: $key"
  check 'the same key gives the same execution' "b.execution_id === '$first' && b.created === false && h['idempotent-replayed'] === 'true'"
  refused 'the same key for another input' 422 IDEMPOTENCY_CONFLICT POST "/api/v1/definitions/$name/executions" '{"input":{"n":7}}' "Idempotency-Key: $key"
  request POST "/api/v1/definitions/$name/executions/bulk" '{"executions":[{"input":{"n":1}},{"input":{"n":2}},{"input":{"n":3}}]}'
  check 'three start with one call' 's === 202 && new Set(b.items.map(({execution_id}) => execution_id)).size === 3'

  local slow='{"name":"acceptance-slow","dag":{"nodes":[{"id":"wait","handler":"delay","config":{"duration":"PT2S"}}]}}'
  request POST /api/v1/definitions "$slow"
  request POST "/api/v1/definitions/acceptance-slow/executions?wait=PT0.2S"
  check 'what does not end in time answers 202' 's === 202 && typeof b.execution_id === "string"'
  refused 'an absurd wait' 400 INVALID_REQUEST POST "/api/v1/definitions/acceptance-slow/executions?wait=P1D"
}

test_events() {
  section 'Live events (SSE)'
  run_workflow '{"name":"acceptance-sse","dag":{"nodes":[{"id":"wait","handler":"delay","config":{"duration":"PT0.5S"}},{"id":"after","handler":"noop","dependencies":["wait"]}]}}'
  request GET "/api/v1/workflows/$ID/events" '' 'Accept: text/event-stream'
  check 'the stream follows to the end and closes' \
    's === 200 && /text\/event-stream/.test(h["content-type"]) && /"type":"ExecutionStarted"/.test(b) && /"type":"ExecutionCompleted"/.test(b)'
  check 'its ids count 1, 2, 3 ...' '[...b.matchAll(/^id: (\d+)$/gm)].every(([, id], i) => Number(id) === i + 1)'
  request GET "/api/v1/workflows/$ID/events" '' 'Accept: text/event-stream' 'Last-Event-ID: 2'
  check 'Last-Event-ID resumes behind it' '/^id: (\d+)$/m.exec(b)[1] === "3"'
}

test_search() {
  section 'Search and pages'
  request GET '/api/v1/workflows?name=acceptance-two-steps&status=COMPLETED&label=suite:acceptance&limit=1'
  check 'by name, status and label' 's === 200 && b.items.length === 1 && b.items[0].labels.suite === "acceptance" && typeof b.next_cursor === "string"'
  local first cursor
  first=$(value 'b.items[0].execution_id')
  cursor=$(value 'b.next_cursor')
  request GET "/api/v1/workflows?name=acceptance-two-steps&status=COMPLETED&label=suite:acceptance&limit=1&cursor=$cursor"
  check 'the next page goes on behind it' "s === 200 && b.items.length === 1 && b.items[0].execution_id !== '$first'"
  refused 'a cursor that is none' 400 INVALID_CURSOR GET '/api/v1/workflows?cursor=nonsense'
  refused 'a status that is none' 400 INVALID_REQUEST GET '/api/v1/workflows?status=DONE'
  refused 'a limit out of bounds' 400 INVALID_REQUEST GET '/api/v1/workflows?limit=100000'
}
