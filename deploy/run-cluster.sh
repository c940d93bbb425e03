#!/usr/bin/env bash
# The cluster of docker-compose.yml as plain processes on loopback: Redis, silos, web. Ctrl-C stops all of them.
#
#   deploy/run-cluster.sh [silos]        3 silos by default
#
# Environment: WEB_PORT (5000), REDIS_PORT (6380), DATA (.data/cluster: what Redis keeps, and the logs), CONFIGURATION (Release),
# BUILD=no to start what is built already. The silos take free ports: the others find them through Redis.
set -euo pipefail
cd "$(dirname "$0")/.."
source deploy/processes.sh

silos=${1:-3}
web_port=${WEB_PORT:-5000} redis_port=${REDIS_PORT:-6380}
configuration=${CONFIGURATION:-Release}
data=${DATA:-.data/cluster}

for tool in redis-server curl; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed (Debian: apt-get install $tool)." >&2; exit 77; }
done
[[ ${BUILD:-yes} == no ]] || dotnet build Client.Web -c "$configuration" -v quiet --nologo
mkdir -p "$data"
data=$(cd "$data" && pwd)
logs=$data

export ConnectionStrings__redis=127.0.0.1:$redis_port TaskGrid__Examples=true
export DOTNET_ENVIRONMENT=Production ASPNETCORE_ENVIRONMENT=Production

redis() {
  exec redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$data" --appendonly yes --appendfsync everysec --maxmemory-policy noeviction
}

# From its project's folder, where its settings and pages are.
silo() {
  export TaskGrid__SiloPort=$1 TaskGrid__GatewayPort=$2
  cd Silo
  exec dotnet "bin/$configuration/net10.0/TaskGrid.Silo.dll"
}

web() {
  export ASPNETCORE_URLS=http://127.0.0.1:$web_port
  cd Client.Web
  exec dotnet "bin/$configuration/net10.0/TaskGrid.Client.Web.dll"
}

status=0
trap exit INT TERM
trap 'stop_all || status=1; exit $status' EXIT

start redis redis
for (( n = 1; n <= silos; n++ )); do
  start "silo-$n" silo "$(free_port)" "$(free_port)"
done
start web web

await "answer from the cluster" 120 curl -fsS "http://127.0.0.1:$web_port/health/ready" || status=1
if (( status == 0 )); then
  echo "Web on http://127.0.0.1:$web_port, $silos silos, Redis on 127.0.0.1:$redis_port; logs in $data. Ctrl-C stops all."
  wait -n "${pids[@]}" || true
  echo "A process ended: see the logs in $data." >&2
  status=1
fi
