# A temporary PostgreSQL with the durability that it has by default (fsync and
# synchronous_commit on). To be sourced by bash: start_postgres sets $port,
# $postmaster and $bin, and has the server stopped when the script ends.
folder=""
# unprivileged runs a program of PostgreSQL, which refuses to run as root.
unprivileged() {
  if [ "$(id -u)" -ne 0 ]; then "$@"; return; fi
  local user=nobody
  id postgres >/dev/null 2>&1 && user=postgres
  setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"
}

stop_postgres() {
  [ -n "$folder" ] || return 0
  unprivileged "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop >/dev/null 2>&1 || true
  rm -rf "$folder"
  folder=""
}

start_postgres() {
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$bin" ] || bin=$(dirname "$(readlink -f "$(command -v initdb)")")
  folder=$(mktemp -d "${TMPDIR:-/tmp}/prosa-bench-postgres-XXXXXX")
  trap stop_postgres EXIT
  chmod 755 "$folder"
  if [ "$(id -u)" -eq 0 ]; then chown "$(id -u postgres 2>/dev/null || id -u nobody)" "$folder"; fi
  (cd / && unprivileged "$bin/initdb" -D "$folder/data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 --lc-collate=C >/dev/null)
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 20000))
    if (cd / && unprivileged "$bin/pg_ctl" -D "$folder/data" -w -s -l "$folder/log" \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c shared_buffers=256MB -c max_wal_size=4GB" start); then
      break
    fi
    port=""
  done
  [ -n "$port" ] || { cat "$folder/log" >&2; return 1; }
  postmaster=$(head -n 1 "$folder/data/postmaster.pid")
}
