#!/bin/sh
# Brings Temporal's two databases to the schema of this image. Doing it again does no harm. SQL_… says which server.
set -eu
update() {
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$2/versioned"
}
update temporal temporal
update temporal_visibility visibility
