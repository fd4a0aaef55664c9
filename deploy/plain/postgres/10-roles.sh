#!/bin/sh
# Makes the roles of docs/postgresql.md when the server's data is made for the
# first time. The passwords come from the secrets that compose mounts.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  -v owner="$(cat /run/secrets/postgres_owner_password)" -v app="$(cat /run/secrets/postgres_app_password)" <<'SQL'
CREATE ROLE prosa_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE prosa_app   LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
GRANT CONNECT, CREATE ON DATABASE prosa TO prosa_owner;
GRANT CONNECT ON DATABASE prosa TO prosa_app;
GRANT USAGE, CREATE ON SCHEMA public TO prosa_owner;
SQL
