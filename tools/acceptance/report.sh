# The report of tools/test_api.sh: what passed, failed and was skipped, and the calls that the checks are made of.
# Sourced; expects BASE_URL, UPSTREAM and HERE (the folder of this file).

passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -t 1 ]; then green=$'\e[32m' red=$'\e[31m' grey=$'\e[90m' bold=$'\e[1m' plain=$'\e[0m'; else green='' red='' grey='' bold='' plain=''; fi

section() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
pass() { passed=$((passed + 1)); printf '  %sok%s    %s\n' "$green" "$plain" "$1"; }
fail() {
  failed=$((failed + 1))
  printf '  %sFAIL%s  %s\n' "$red" "$plain" "$1"
  [ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/          /'
}
skip() { skipped=$((skipped + 1)); printf '  %sskip%s  %s: %s\n' "$grey" "$plain" "$1" "$2"; }

# request METHOD PATH [BODY | @FILE] [HEADER ...]: one call. Its answer stays until the next one.
# Waits when the engine's rate limit says so, so that the limit does not fail other checks.
request() {
  local method=$1 path=$2 body=${3:-} tries
  shift $(($# < 3 ? $# : 3))
  local args=(-sS -X "$method" --max-time 60 -o "$work/body" -D "$work/headers" -w '%{http_code} %{time_total}' --path-as-is)
  # Larger bodies than a command line holds go through a file.
  if [ -n "$body" ]; then
    if [ "${body:0:1}" != @ ]; then
      printf '%s' "$body" >"$work/request"
      body=@$work/request
    fi
    args+=(--data-binary "$body")
    printf '%s\n' "$@" | grep -qi '^content-type:' || args+=(-H 'content-type: application/json')
  fi
  local header
  for header in "$@"; do args+=(-H "$header"); done
  for tries in 1 2 3 4; do
    : >"$work/body"
    : >"$work/headers"
    read -r STATUS TOOK < <(curl "${args[@]}" "$BASE_URL$path" 2>"$work/curl") || true
    printf '%s' "${STATUS:-000}" >"$work/status"
    if [ "${STATUS:-000}" != 429 ] || [ -n "${TAKE_429:-}" ]; then return 0; fi
    sleep "$(grep -i '^retry-after:' "$work/headers" | tr -dc 0-9 | head -c 3 | grep . || echo 1)"
  done
}

# check NAME EXPRESSION: a JavaScript expression over the last answer (see answer.cjs).
check() {
  local told
  if told=$(node "$HERE/answer.cjs" check "$2" "$work" 2>&1); then pass "$1"; else fail "$1" "$told"; fi
}

value() { node "$HERE/answer.cjs" value "$1" "$work" 2>/dev/null; }

# refused NAME STATUS CODE METHOD PATH [BODY] [HEADER ...]: the call has to be refused, quickly and in a helpful way.
refused() {
  local name=$1 status=$2 code=$3
  shift 3
  request "$@"
  check "$name: $status $code" \
    "s === $status && b.code === '$code' && b.status === $status && b.detail.length > 10 && /problem\\+json/.test(h['content-type']) && $TOOK < 5"
}

# run_workflow DEFINITION [INPUT]: submits and triggers; ID is the execution.
run_workflow() {
  submit "$1"
  request POST "/workflow/trigger/$ID" "{\"input\":${2:-{\}}}"
}

submit() {
  request POST /workflow "$1"
  ID=$(value b.execution_id)
  [ -n "$ID" ] || fail 'a definition of this run is accepted' "$STATUS $(head -c 600 "$work/body")"
}

# wait_for STATUS [SECONDS] [ID]: polls until the execution has that status; the last answer is its status.
wait_for() {
  local wanted=$1 left=$((${2:-30} * 10)) id=${3:-$ID}
  while [ "$left" -gt 0 ]; do
    request GET "/workflows/$id"
    grep -q "\"status\":\"$wanted\",\"progress\"" "$work/body" && return 0
    sleep 0.1
    left=$((left - 1))
  done
  return 1
}

# wait_for_node NODE STATUS [SECONDS]
wait_for_node() {
  local left=$((${3:-15} * 10))
  while [ "$left" -gt 0 ]; do
    request GET "/workflows/$ID"
    grep -q "\"$1\":\"$2\"" "$work/body" && return 0
    sleep 0.1
    left=$((left - 1))
  done
  return 1
}

# effects KIND ID: how often the upstream's ledger has it.
effects() { curl -sS --max-time 10 "$UPSTREAM/ledger?kind=$1&reference=$2" | sed 's/.*"count":\([0-9]*\).*/\1/'; }

# wait_for_effects KIND COUNT ID [SECONDS]
wait_for_effects() {
  local left=$((${4:-10} * 10))
  while [ "$left" -gt 0 ]; do
    [ "$(effects "$1" "$3")" = "$2" ] && return 0
    sleep 0.1
    left=$((left - 1))
  done
  return 1
}

# report_lines: lines of run-payloads.cjs on stdin, into the report.
report_lines() {
  local verdict name why
  while IFS=$'\t' read -r verdict name why; do
    case $verdict in
      ok) pass "$name" ;;
      skip) skip "$name" "$why" ;;
      *) fail "$name" "$why" ;;
    esac
  done
}
