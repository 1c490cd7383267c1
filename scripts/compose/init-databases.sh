#!/bin/sh
# PostgreSQL's image runs this once, on an empty volume: two users, neither of them a superuser, each with databases of
# its own, so that Waybill and Temporal cannot touch each other's tables.
set -eu
psql --username=postgres --set=ON_ERROR_STOP=1 --set=password="$POSTGRES_PASSWORD" <<'SQL'
create role waybill login password :'password';
create role temporal login password :'password';
create database waybill owner waybill;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
SQL
