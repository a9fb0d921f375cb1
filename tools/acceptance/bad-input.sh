# What people and machines get wrong: each has a status, a code, a helpful sentence, and costs little. Sourced.

generated() { # generated NAME JAVASCRIPT: writes what the script prints to a file, for large bodies
  node -e "$2" >"$work/$1"
  printf '@%s' "$work/$1"
}

test_bad_input() {
  section 'Bad input'
  local one='{"name":"n","dag":{"nodes":[{"id":"a","handler":"noop"}]}}'
  refused 'malformed JSON' 400 MALFORMED_JSON POST /workflow '{"name": "x", }'
  check 'and it says where' '/line 1, column 1[0-9]/.test(b.detail)'
  refused 'half a document' 400 MALFORMED_JSON POST /workflow '{"name": "x"'
  refused 'no body' 400 INVALID_DEFINITION POST /workflow
  refused 'a list' 400 INVALID_DEFINITION POST /workflow '[]'
  refused 'null' 400 INVALID_DEFINITION POST /workflow 'null'
  refused 'a text' 400 INVALID_DEFINITION POST /workflow '"workflow"'
  refused 'another media type' 415 UNSUPPORTED_MEDIA_TYPE POST /workflow "$one" 'Content-Type: text/plain'
  refused 'a form' 415 UNSUPPORTED_MEDIA_TYPE POST /workflow 'a=b' 'Content-Type: application/x-www-form-urlencoded'
  refused 'U+0000 in a name' 400 INVALID_DEFINITION POST /workflow '{"name":"a\u0000b","dag":{"nodes":[{"id":"a","handler":"noop"}]}}'
  refused 'a name of 256 characters' 400 INVALID_DEFINITION POST /workflow "${one/\"n\"/\"$(printf 'x%.0s' {1..256})\"}"
  refused '"__proto__" as a key' 400 INVALID_DEFINITION POST /workflow '{"name":"n","dag":{"nodes":[{"id":"a","handler":"transform","config":{"__proto__":{"admin":true}}}]}}'

  refused '100,001 nodes' 400 INVALID_DEFINITION POST /workflow \
    "$(generated many 'console.log(JSON.stringify({ name: "many", dag: { nodes: Array.from({ length: 100001 }, (_, i) => ({ id: "n" + i, handler: "noop" })) } }))')"
  check 'is told as TOO_MANY_NODES' 'b.errors.some(({code}) => code === "TOO_MANY_NODES")'
  refused 'a cycle of 50,000 nodes' 400 INVALID_DEFINITION POST /workflow \
    "$(generated ring 'console.log(JSON.stringify({ name: "ring", dag: { nodes: Array.from({ length: 50000 }, (_, i) => ({ id: "n" + i, handler: "noop", dependencies: ["n" + ((i + 49999) % 50000)] })) } }))')"
  check 'is told as one CYCLE, in an answer of bounded size' 'b.errors.length === 1 && b.errors[0].code === "CYCLE" && b.errors[0].message.length < 20000'
  refused '50,000 faults' 400 INVALID_DEFINITION POST /workflow \
    "$(generated faulty 'console.log(JSON.stringify({ name: "faulty", dag: { nodes: Array.from({ length: 50000 }, (_, i) => ({ id: "n" + i, handler: "nope", colour: i })) } }))')"
  check 'are counted, not all listed' 'b.errors.length <= 101'
  refused 'a description of 5 MB' 400 INVALID_DEFINITION POST /workflow \
    "$(generated long 'console.log(JSON.stringify({ name: "long", description: "x".repeat(5e6), dag: { nodes: [{ id: "a", handler: "noop" }] } }))')"
  request POST /api/v1/definitions/validate \
    "$(generated large 'console.log(JSON.stringify({ name: "large", dag: { nodes: [{ id: "a", handler: "transform", config: { text: "x".repeat(5e6) } }] } }))')"
  check '5 MB of config are taken' "s === 200 && b.valid === true && $TOOK < 5"
  request POST /workflow "$(generated huge 'console.log(JSON.stringify({ name: "huge", description: "x".repeat(17 * 1024 * 1024), dag: { nodes: [] } }))')"
  if [ "$STATUS" = 400 ]; then
    skip 'a body of 17 MiB' "this engine's MAX_BODY_BYTES lets it through"
  else
    check 'a body of 17 MiB: 413 BODY_TOO_LARGE' "s === 413 && b.code === 'BODY_TOO_LARGE' && $TOOK < 5"
  fi
  refused 'nesting 10,000 deep' 400 BODY_TOO_DEEP POST /workflow \
    "$(generated deep 'console.log("{\"name\":\"deep\",\"output\":" + "[".repeat(10000) + "]".repeat(10000) + "}")')"

  section 'Unknown and odd ids'
  local nobody=01890000-0000-7000-8000-000000000000
  refused 'the status of an unknown execution' 404 EXECUTION_NOT_FOUND GET "/workflows/$nobody"
  refused 'triggering one' 404 EXECUTION_NOT_FOUND POST "/workflow/trigger/$nobody"
  refused 'cancelling one' 404 EXECUTION_NOT_FOUND POST "/api/v1/workflows/$nobody/cancel"
  refused 'results of one' 404 EXECUTION_NOT_FOUND GET "/api/v1/workflows/$nobody/results"
  refused 'events of one' 404 EXECUTION_NOT_FOUND GET "/api/v1/workflows/$nobody/events"
  refused 'an id that is none' 404 EXECUTION_NOT_FOUND GET "/workflows/%27%3B%20DROP%20TABLE%20executions"
  refused 'U+0000 in an id' 404 EXECUTION_NOT_FOUND GET '/workflows/a%00b'
  refused 'a path that climbs' 404 EXECUTION_NOT_FOUND GET '/workflows/..%2F..%2Fetc%2Fpasswd'
  refused 'a broken escape' 400 INVALID_URL GET '/workflows/%zz'
  refused 'an unknown definition' 404 DEFINITION_NOT_FOUND GET '/api/v1/definitions/no-such-workflow'
  refused 'an unknown dead letter' 404 DEAD_LETTER_NOT_FOUND DELETE "/api/v1/dead-letters/$nobody"
  submit "$two_steps"
  refused 'an unknown node' 404 NODE_NOT_FOUND GET "/api/v1/workflows/$ID/nodes/nobody"
  refused 'an unknown path' 404 ROUTE_NOT_FOUND GET /no/such/path
  refused 'another method' 405 METHOD_NOT_ALLOWED PUT /workflow "$one"

  section 'Bad triggers, hostile expressions'
  refused 'an input that is no object' 400 INVALID_REQUEST POST "/workflow/trigger/$ID" '{"input":[1]}'
  refused 'a misspelled "input"' 400 INVALID_REQUEST POST "/workflow/trigger/$ID" '{"inputs":{}}'
  refused 'an input that does not fit its schema' 400 INVALID_INPUT POST "/workflow/trigger/$ID" '{"input":{"n":"four"}}'
  check 'and it says where' 'b.errors[0].pointer === "/input/n"'
  request POST "/workflow/trigger/$ID" '{"input":{"n":1}}'
  check 'a refused trigger can be corrected' 's === 202'
  run_workflow '{"name":"acceptance-regex","dag":{"nodes":[{"id":"given","handler":"input"},{"id":"match","handler":"transform","dependencies":["given"],"config":{"hit":"${given.output.text.matches(\"^(a+)+$\")}"}}]}}' \
    "{\"text\":\"$(printf 'a%.0s' {1..5000})!\"}"
  wait_for COMPLETED 5
  check 'a catastrophic pattern is matched in no time' 'b.status === "COMPLETED"'
  run_workflow '{"name":"acceptance-bomb","dag":{"nodes":[{"id":"given","handler":"input","config":{"l":[1,2,3,4,5,6,7,8,9,10]}},{"id":"big","handler":"transform","dependencies":["given"],"config":{"n":"${given.output.n.map(a, given.output.n.map(b, given.output.n))}"}}]}}' \
    "{\"n\":[$(seq -s, 1 400)]}"
  wait_for FAILED 15
  check 'an expression that explodes is stopped: TEMPLATE_LIMIT' 'b.status === "FAILED" && b.error.code === "TEMPLATE_LIMIT"'
  request GET /health/live
  check 'after all of this the engine answers at once' "s === 200 && $TOOK < 1"
}
