-- Tells whether another transaction holds the lock that writing to runs_history takes.
select exists (
    select from pg_locks
    where locktype = 'relation'
      and database = (select oid from pg_database where datname = current_database())
      and relation = 'runs_history'::regclass
      and mode = 'RowExclusiveLock'
      and granted
      and pid is distinct from pg_backend_pid()
)
