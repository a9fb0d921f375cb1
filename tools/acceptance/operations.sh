# Documentation, health, metrics, rate limiting, recovery. Sourced.

test_operations() {
  section 'Documentation, health, metrics'
  request GET /openapi.json
  check 'OpenAPI 3.1 with the front door and all of api/v1' \
    's === 200 && b.openapi.startsWith("3.1") && ["/workflow", "/workflow/trigger/{execution_id}", "/workflows/{execution_id}"].every((path) => path in b.paths) && Object.keys(b.paths).filter((path) => path.startsWith("/api/v1/")).length >= 10'
  request GET /docs
  if [ "${STATUS:0:1}" = 3 ]; then request GET /docs/; fi
  check '/docs is a page' 's === 200 && /html/.test(h["content-type"])'
  request GET /schemas/definition.json
  check 'the JSON Schema of definitions is published' 's === 200 && typeof b.$schema === "string" && "dag" in b.properties'
  request GET /
  check 'the bare address tells where things are' 's === 200 && typeof b.links === "object"'
  request GET /health/live
  check 'live' 's === 200 && b.status === "ok"'
  request GET /health/ready
  check 'ready, with its checks' 's === 200 && b.status === "ok" && Object.keys(b.checks).length > 0'
  request GET /metrics
  check 'metrics in the Prometheus format' 's === 200 && /^# TYPE \S+ counter$/m.test(b) && /process_cpu/.test(b)'
  check 'and they count requests' '/^[a-z_]*http[a-z_]*[{ ]/m.test(b)'
  request GET /workflows/x
  check 'every answer has a request id' 'typeof h["x-request-id"] === "string" && b.request_id === h["x-request-id"]'
}

test_rate_limit() {
  section 'Rate limiting'
  request GET /api/v1/definitions?limit=1
  local limit
  limit=$(value 'h["ratelimit-limit"]')
  if [ -z "$limit" ]; then
    skip 'rate limiting' 'it is off on this engine (start one with RATE_LIMIT_MAX=100 to see it)'
    return
  fi
  check 'answers announce the limit' 'Number(h["ratelimit-remaining"]) < Number(h["ratelimit-limit"]) && Number(h["ratelimit-reset"]) >= 0 && h["x-ratelimit-limit"] === h["ratelimit-limit"]'
  if [ "$limit" -gt 3000 ]; then
    skip 'exceeding the limit' "$limit requests in a window are too many to send from here"
    return
  fi
  # One curl for the burst: connections are kept, so that it fits into the window.
  local i
  for ((i = 0; i <= limit; i++)); do printf 'url = "%s/api/v1/definitions?limit=1"\noutput = /dev/null\n' "$BASE_URL"; done >"$work/burst"
  curl -sS --max-time 120 -K "$work/burst" >/dev/null 2>&1 || true
  TAKE_429=1 refused 'one request too many' 429 RATE_LIMITED GET '/api/v1/definitions?limit=1'
  check 'says when to come back' 'Number(h["retry-after"]) >= 1 && h["ratelimit-remaining"] === "0"'
  TAKE_429=1 request GET /health/live
  check 'health is exempt' 's === 200'
  request GET /api/v1/definitions?limit=1
  check 'after Retry-After it goes on' 's === 200'
}

test_recovery() {
  section 'Recovery'
  if [ -z "$KILL_CMD" ] || [ -z "$START_CMD" ]; then
    skip 'recovery after kill -9' 'this engine may not be killed; allow it with --kill-cmd and --start-cmd'
    return
  fi
  local ids=() i definition
  definition=$(printf '{"name":"acceptance-recovery","dag":{"nodes":[{"id":"wait","handler":"delay","config":{"duration":"PT3S"}},{"id":"charge","handler":"http","dependencies":["wait"],"config":{"method":"POST","url":"%s/charges","body":{"reference":"${execution.id}","amount_cents":100}}},{"id":"done","handler":"noop","queue":"default","dependencies":["charge"]}]}}' "$UPSTREAM")
  for i in 1 2 3 4 5 6 7 8 9 10; do
    run_workflow "$definition"
    ids+=("$ID")
  done
  check 'ten executions run' 's === 202'
  bash -c "$KILL_CMD"
  for i in {1..50}; do curl -s --max-time 2 -o /dev/null "$BASE_URL/health/live" || break; sleep 0.1; done
  if curl -s --max-time 2 -o /dev/null "$BASE_URL/health/live"; then
    fail 'the engine is killed' 'it still answers after --kill-cmd'
    return
  fi
  pass 'the engine is killed'
  local began=$SECONDS
  # Its own session where the system can: it has to outlive this run.
  $(command -v setsid || echo nohup) bash -c "$START_CMD" >"${TMPDIR:-/tmp}/test_api-restarted.log" 2>&1 </dev/null &
  for i in {1..300}; do curl -sf --max-time 2 -o /dev/null "$BASE_URL/health/ready" && break; sleep 0.2; done
  if ! curl -sf --max-time 2 -o /dev/null "$BASE_URL/health/ready"; then
    fail 'the engine starts again' "it is not ready after 60 s; see ${TMPDIR:-/tmp}/test_api-restarted.log"
    return
  fi
  pass "the engine is ready again ($((SECONDS - began)) s)"
  local finished=0 clean=0 charged=0
  for ID in "${ids[@]}"; do
    wait_for COMPLETED 60 && finished=$((finished + 1))
    request GET "/api/v1/workflows/$ID/events"
    [ "$(value 'b.items.every((e, i) => e.seq === i + 1) && b.items.filter((e) => e.type === "ExecutionCompleted").length === 1 && b.items.filter((e) => e.type === "NodeCompleted").length === 3')" = true ] && clean=$((clean + 1))
    [ "$(effects charge "$ID")" = 1 ] && charged=$((charged + 1))
  done
  if [ $finished = 10 ]; then pass 'all ten finish by themselves'; else fail 'all ten finish by themselves' "$finished did"; fi
  if [ $clean = 10 ]; then pass 'their journals have no gap, and every node ended once'; else fail 'their journals have no gap' "$clean are so"; fi
  if [ $charged = 10 ]; then pass 'everybody paid once'; else fail 'everybody paid once' "$charged did"; fi
}
