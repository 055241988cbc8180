-- What an hour brings to salesforce_records.sql: a newer version of each thousandth record, and a row in its history.
create or replace temp macro has_changed(id) as hash(id, 'hour') % 1000 = 0;
create or replace temp macro changed_at() as '2026-06-30T13:00:00.000+0000';

insert into raw_salesforce.account by name
select * replace (changed_at() as last_modified_date, changed_at() as system_modstamp, 'second' as _run_id)
from raw_salesforce.account
where has_changed(id);

insert into raw_salesforce.lead by name
select * replace ('Working' as status, changed_at() as last_modified_date, changed_at() as system_modstamp, 'second' as _run_id)
from raw_salesforce.lead
where has_changed(id);

insert into raw_salesforce.opportunity by name
select * replace ('Closed Won' as stage_name, 'true' as is_closed, 'true' as is_won, changed_at() as last_modified_date, changed_at() as system_modstamp, 'second' as _run_id)
from raw_salesforce.opportunity
where has_changed(id);

insert into raw_salesforce."case" by name
select * replace ('Closed' as status, changed_at() as last_modified_date, changed_at() as system_modstamp, 'second' as _run_id)
from raw_salesforce."case"
where has_changed(id);

insert into raw_salesforce.task by name
select * replace (changed_at() as last_modified_date, changed_at() as system_modstamp, 'second' as _run_id)
from raw_salesforce.task
where has_changed(id);

insert into raw_salesforce.event by name
select * replace (changed_at() as last_modified_date, changed_at() as system_modstamp, 'second' as _run_id)
from raw_salesforce.event
where has_changed(id);

insert into raw_salesforce.lead_history by name
select * replace ('N' || id as id, changed_at() as created_date, 'Status' as field, new_value as old_value, 'Working' as new_value, 'second' as _run_id)
from raw_salesforce.lead_history
where has_changed(id);

insert into raw_salesforce.opportunity_history by name
select * replace ('N' || id as id, changed_at() as created_date, 'Closed Won' as stage_name, 'second' as _run_id)
from raw_salesforce.opportunity_history
where has_changed(id);

insert into operations.runs by name
select * replace ('second' as run_id, timestamp '2026-06-30 13:00:00' as started_at, timestamp '2026-06-30 13:05:00' as finished_at)
from operations.runs;
