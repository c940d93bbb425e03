#!/usr/bin/env bash
# Does by hand what the Dockerfiles and docker-compose.yml ask a container engine for: builds both images' contents from the
# files that they copy, and starts a web and two silos from them, as an ordinary user, against a real Redis on loopback.
# What this can't show: that the base images exist and hold bash, grep and the .NET runtime, and the network of containers.
#
#   deploy/check-images.sh        exit code 77: redis-server, curl or git is missing
set -euo pipefail
cd "$(dirname "$0")/.."
source deploy/processes.sh

for tool in redis-server curl git; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed (Debian: apt-get install $tool)." >&2; exit 77; }
done

work=$(mktemp -d)
logs=$work/logs
mkdir "$logs"
status=1
finish() {
  stop_all || status=1
  (( status == 0 )) || tail -n 25 "$logs"/*.log
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap exit INT TERM

# The build context: all files less what .dockerignore leaves out. Git, given an empty repository, knows how to read that file.
git init -q "$work/nothing"
context() { git --git-dir="$work/nothing/.git" --work-tree=. ls-files -zo --exclude-from=.dockerignore; }

# image DOCKERFILE FOLDER: carries out its steps; FOLDER/src and FOLDER/app stand for /src and /app. Knows only the instructions
# that the Dockerfiles use, and fails on any other.
image() {
  local dockerfile=$1 folder=$2 instruction rest
  mkdir -p "$folder/context" "$folder/src" "$folder/app"
  context | tar -c --null -T - | tar -x -C "$folder/context"
  while read -r instruction rest; do
    case $instruction in
      COPY) [[ $rest == --from=build\ /app\ ./ ]] || copy "$folder" $rest ;;
      RUN) (cd "$folder/src" && ${rest//\/app/$folder/app}) >"$logs/build.log" ;;
      USER) [[ $rest == '$APP_UID' ]] ;;
      ENTRYPOINT) entrypoint=$(tr -d '[]",' <<<"$rest") ;;
      FROM | WORKDIR | EXPOSE | '#'* | '') ;;
      *) echo "$dockerfile: $instruction is not known here." >&2; return 1 ;;
    esac
  done <"$dockerfile"
}

# copy FOLDER SOURCE... TARGET: a folder's contents, as COPY does.
copy() {
  local folder=$1 target="$1/src/${!#}" source
  mkdir -p "$target"
  for source in "${@:2:$#-2}"; do
    if [[ -d $folder/context/$source ]]; then cp -a "$folder/context/$source/." "$target"; else cp -a "$folder/context/$source" "$target"; fi
  done
}

# The lines of one service in the compose file.
service() { sed -n "/^  $1:\$/,/^  [a-z]/p" docker-compose.yml; }

# The environment of a service as NAME=VALUE, with the names of the compose network turned into loopback.
environment() {
  service "$1" | sed -n '/^    environment:$/,/^    [a-z]/s/^      \([A-Za-z_]*\): "\{0,1\}\([^"]*\)"\{0,1\}$/\1=\2/p' \
    | sed "s/=redis:6379\$/=127.0.0.1:$redis_port/; s/=mail\$/=127.0.0.1/; s/__Address=auto/__Address=127.0.0.1/; s/_PORTS=8080/_PORTS=$web_port/"
}

# The file that a service takes more of its environment from.
env_file() { service "$1" | sed -n '/^    env_file:$/,/^    [a-z]/s/^      - \(.*\)$/\1/p'; }

# as_user FOLDER NAME=VALUE... -- COMMAND...: as the image's user would, with nothing else in the environment.
as_user() {
  local folder=$1
  shift
  local settings=()
  while [[ $1 != -- ]]; do settings+=("$1"); shift; done
  shift
  cd "$folder"
  local drop=()
  (( EUID != 0 )) || drop=(setpriv --reuid=1654 --regid=1654 --clear-groups --inh-caps=-all --bounding-set=-all)
  exec env -i PATH="$PATH" "${settings[@]}" "${drop[@]}" "$@"
}

silo() {
  mapfile -t settings < <(environment silo | grep -v 'Port=[13]')
  as_user "$work/silo/app" "${settings[@]}" TaskGrid__SiloPort="$1" TaskGrid__GatewayPort="$2" -- $silo_entrypoint
}

web() {
  mapfile -t settings < <(environment web; cat "$work/$(env_file web)")
  as_user "$work/web/app" "${settings[@]}" -- $web_entrypoint
}

# The health checks as compose would run them, on this run's ports.
web_is_healthy() {
  local check
  check=$(service web | sed -n 's/^ *- \(exec 3.*\)$/\1/p')
  [[ -n $check ]] && bash -c "$(sed "s/8080/$web_port/; s/\\$\\$/$/g" <<<"$check")"
}

silo_is_healthy() {
  local pattern
  pattern=$(service silo | sed -n 's/^ *test: \["CMD", "grep", "-qE", "\(.*\)", "\/proc\/net\/tcp"\]$/\1/p')
  [[ -n $pattern ]] && grep -qE "${pattern/7530/$(printf %04X "$1")}" /proc/net/tcp
}

echo "Building Silo/Dockerfile by hand"
image Silo/Dockerfile "$work/silo"
silo_entrypoint=$entrypoint
echo "Building Client.Web/Dockerfile by hand"
image Client.Web/Dockerfile "$work/web"
web_entrypoint=$entrypoint
chmod -R a+rX "$work"

deploy/new-key.sh "$work/$(env_file web)"
key=$(sed -n 's/^Access__AdminKey=//p' "$work/$(env_file web)")
redis_port=$(free_port) web_port=$(free_port) gateway_1=$(free_port) gateway_2=$(free_port)
redis_command=$(service redis | sed -n 's/^    command: //p')
[[ $redis_command == redis-server\ * ]]
start redis $redis_command --port "$redis_port" --bind 127.0.0.1 --dir "$logs"
start silo-1 silo "$(free_port)" "$gateway_1"
start silo-2 silo "$(free_port)" "$gateway_2"
await "listening gateway 1" 120 silo_is_healthy "$gateway_1"
await "listening gateway 2" 120 silo_is_healthy "$gateway_2"
start web web
await "healthy web" 120 web_is_healthy

health=$(curl -fsS "http://127.0.0.1:$web_port/health/ready")
echo "Health: $health"
[[ $health == '{"status":"Healthy"'* ]]

submit() { curl -sS -H 'Content-Type: application/json' -d '{"task":"add","args":{"x":2,"y":3}}' "http://127.0.0.1:$web_port/api/v1/tasks?wait=30" "$@"; }
[[ $(submit -o /dev/null -w '%{http_code}') == 401 ]]
task=$(submit -f -H "Authorization: Bearer $key")
echo "Task: $task"
[[ $task == *'"state":"Succeeded"'* && $task == *'"result":5'* ]]

[[ $EUID != 0 || $(stat -c %u "/proc/${pids[3]}") == 1654 ]]
stop_all
status=0
echo "The images' contents work"
