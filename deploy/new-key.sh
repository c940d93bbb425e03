#!/bin/sh
# Writes a new admin key for the web into an env file: deploy/new-key.sh [FILE], by default taskgrid.env. The file is yours alone, and never committed.
set -eu

file=${1:-taskgrid.env}
case $file in
  -*)
    echo "usage: deploy/new-key.sh [FILE]    writes a new admin key for the web into FILE, by default taskgrid.env"
    exit 2
    ;;
esac
# As a shell that does not look here by itself takes it.
case $file in
  */*) path=$file ;;
  *) path=./$file ;;
esac
if [ -e "$file" ]; then
  echo "$file is there already. Remove it to make a new key: whoever has the old one can't use it then." >&2
  exit 1
fi

umask 077
id=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
secret=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')
printf 'Access__AdminKey=tg_%s_%s\n' "$id" "$secret" > "$file"
cat <<END
$file has the key of the admin. docker-compose reads it by itself; a web that is started by hand is given it with
  set -a; . "$path"; set +a; dotnet run --project Client.Web
and asked with it then:
  curl -H "Authorization: Bearer \$Access__AdminKey" http://localhost:5000/api/v1/keys
END
