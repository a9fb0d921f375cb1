#!/usr/bin/env bash
# The acceptance run: checks a running engine over its REST API, from the front door to recovery.
set -uo pipefail

usage() {
  cat <<'TEXT'
Usage: tools/test_api.sh [BASE_URL] [options]       (default http://127.0.0.1:8000)

  --upstream URL    the demo upstream that the payloads call   (default http://127.0.0.1:8099)
  --only NAME       one part alone; may be repeated: front_door definitions events search validation payloads
                    fans cancellation pause dead_letters bad_input operations rate_limit recovery
  --kill-cmd CMD    kills the engine the hard way, for the recovery part, e.g. "kill -9 12345"
  --start-cmd CMD   starts it again on the same data, e.g. "node apps/standalone/dist/main.js --demo"

Works against any engine; what it starts is left there. Ends with "N passed, N failed, N skipped";
exit code 0: nothing failed, 1: something did, 2: it could not be run.
TEXT
}

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/acceptance
BASE_URL='' UPSTREAM=http://127.0.0.1:8099 KILL_CMD='' START_CMD='' only=()
while [ $# -gt 0 ]; do
  case $1 in
    --upstream | --only | --kill-cmd | --start-cmd)
      [ $# -ge 2 ] || { echo "$1 needs a value" >&2; exit 2; }
      case $1 in
        --upstream) UPSTREAM=${2%/} ;;
        --only) only+=("$2") ;;
        --kill-cmd) KILL_CMD=$2 ;;
        --start-cmd) START_CMD=$2 ;;
      esac
      shift 2
      ;;
    -h | --help) usage; exit 0 ;;
    -*) echo "Unknown option $1" >&2; usage >&2; exit 2 ;;
    *) BASE_URL=${1%/}; shift ;;
  esac
done
BASE_URL=${BASE_URL:-http://127.0.0.1:8000}

for tool in curl node; do
  command -v $tool >/dev/null || { echo "$tool is needed, but not installed" >&2; exit 2; }
done

for part in report front-door control bad-input operations; do . "$HERE/$part.sh"; done

preconditions() {
  if ! curl -sf --max-time 10 -o /dev/null "$BASE_URL/health/ready"; then
    printf 'No engine is ready at %s. Start one in another terminal:\n\n  npm start -- --demo\n\n' "$BASE_URL" >&2
    exit 2
  fi
  if ! curl -s --max-time 10 "$UPSTREAM/" | grep -q workflow-engine-demo-upstream; then
    printf 'The demo upstream does not answer at %s. Start the engine with it (npm start -- --demo), or it alone:\n\n  node apps/standalone/dist/demo-main.js\n\nwhich says what the engine has to allow; --upstream URL when it is elsewhere.\n\n' "$UPSTREAM" >&2
    exit 2
  fi
  run_workflow '{"name":"acceptance-probe","dag":{"nodes":[{"id":"probe","handler":"http","config":{"url":"'"$UPSTREAM"'/users/1"},"retry":{"max_attempts":1}}]}}'
  wait_for COMPLETED 10 && return
  printf 'The engine cannot call the demo upstream: %s\nStart the engine with HTTP_ALLOW_HOSTS=%s\n\n' "$(value 'b.error.message')" "${UPSTREAM#*://}" >&2
  exit 2
}

# Whether the engine talks to the demo's imitation of a model; only then are the answers known beforehand.
demo_model() {
  run_workflow '{"name":"acceptance-model","dag":{"nodes":[{"id":"ask","handler":"llm","config":{"model":"demo-1","prompt":"Summarise: Ping. Pong."},"retry":{"max_attempts":1},"timeout":10}]}}'
  wait_for COMPLETED 12 || { echo no; return; }
  request GET "/api/v1/workflows/$ID/results"
  [ "$(value b.output.ask.text)" = Ping. ] && echo yes || echo no
}

test_validation() {
  section 'Validation: payloads/human_readable_errors'
  report_lines < <(node "$HERE/run-payloads.cjs" invalid "$BASE_URL" "$UPSTREAM")
  request POST /api/v1/definitions/validate "@$HERE/../../payloads/human_readable_errors/everything_at_once.json"
  check 'the dry run tells the same faults with 200' 's === 200 && b.valid === false && b.errors.length === 6'
}

test_payloads() {
  section 'Payloads, with their expected results'
  report_lines < <(node "$HERE/run-payloads.cjs" valid "$BASE_URL" "$UPSTREAM" "$(demo_model)")
}

parts=(front_door definitions events search validation payloads fans cancellation pause dead_letters bad_input operations rate_limit recovery)
[ ${#only[@]} -eq 0 ] || parts=("${only[@]}")
for part in "${parts[@]}"; do
  declare -F "test_$part" >/dev/null || { echo "There is no part \"$part\"." >&2; usage >&2; exit 2; }
done

printf 'Acceptance run against %s\n' "$BASE_URL"
began=$SECONDS
preconditions
for part in "${parts[@]}"; do "test_$part"; done
printf '\n%s s\n%s passed, %s failed, %s skipped\n' $((SECONDS - began)) $passed $failed $skipped
[ $failed -eq 0 ]
