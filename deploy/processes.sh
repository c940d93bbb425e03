# Sourced by the other scripts: processes on loopback that are started, waited for and stopped by their ids.

pids=()

# A port that nobody listens on, below the range that the kernel hands out by itself.
free_port() {
  local port
  while :; do
    port=$(( 20000 + RANDOM % 10000 ))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# start NAME COMMAND...: in the background, its output in $logs/NAME.log. A process group of its own keeps a Ctrl-C in the
# terminal for this script alone, which then stops everything in order.
start() {
  local name=$1
  shift
  set -m
  "$@" >"$logs/$name.log" 2>&1 &
  set +m
  pids+=($!)
}

# await WHAT SECONDS COMMAND...: until the command succeeds; fails when time is up or one of the processes has ended.
await() {
  local what=$1 until=$(( SECONDS + $2 )) pid
  shift 2
  until "$@" >/dev/null 2>&1; do
    for pid in "${pids[@]}"; do
      kill -0 "$pid" 2>/dev/null || { echo "A process ended while waiting for $what." >&2; return 1; }
    done
    (( SECONDS < until )) || { echo "No $what in time." >&2; return 1; }
    sleep 0.3
  done
}

# The last started ends first, so that Redis outlives those who use it. Fails when one did not end well.
stop_all() {
  local at status failed=0
  for (( at = ${#pids[@]} - 1; at >= 0; at-- )); do
    status=0
    kill -TERM "${pids[at]}" 2>/dev/null || true
    wait "${pids[at]}" || status=$?
    (( status == 0 )) || { echo "Process ${pids[at]} ended with $status." >&2; failed=1; }
  done
  pids=()
  return $failed
}
