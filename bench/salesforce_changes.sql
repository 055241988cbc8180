-- What one of some hours brings to salesforce_records.sql: a newer version of each thousandth record, and a row in its history.
create or replace temp macro has_changed(id) as hash(id, {hour}) % 1000 = 0;
create or replace temp macro changed_at() as '2026-06-30T13:0{hour}:00.000+0000';

insert into raw_salesforce.account by name
select * replace (changed_at() as last_modified_date, changed_at() as system_modstamp, 'hour {hour}' as _run_id)
from raw_salesforce.account
where _run_id = 'first' and has_changed(id);

insert into raw_salesforce.lead by name
select * replace ('Working' as status, changed_at() as last_modified_date, changed_at() as system_modstamp, 'hour {hour}' as _run_id)
from raw_salesforce.lead
where _run_id = 'first' and has_changed(id);

insert into raw_salesforce.opportunity by name
select * replace ('Closed Won' as stage_name, 'true' as is_closed, 'true' as is_won, changed_at() as last_modified_date, changed_at() as system_modstamp, 'hour {hour}' as _run_id)
from raw_salesforce.opportunity
where _run_id = 'first' and has_changed(id);

insert into raw_salesforce."case" by name
select * replace ('Closed' as status, changed_at() as last_modified_date, changed_at() as system_modstamp, 'hour {hour}' as _run_id)
from raw_salesforce."case"
where _run_id = 'first' and has_changed(id);

insert into raw_salesforce.task by name
select * replace (changed_at() as last_modified_date, changed_at() as system_modstamp, 'hour {hour}' as _run_id)
from raw_salesforce.task
where _run_id = 'first' and has_changed(id);

insert into raw_salesforce.event by name
select * replace (changed_at() as last_modified_date, changed_at() as system_modstamp, 'hour {hour}' as _run_id)
from raw_salesforce.event
where _run_id = 'first' and has_changed(id);

insert into raw_salesforce.lead_history by name
select * replace ('N{hour}' || id as id, changed_at() as created_date, 'Status' as field, new_value as old_value, 'Working' as new_value, 'hour {hour}' as _run_id)
from raw_salesforce.lead_history
where _run_id = 'first' and has_changed(id);

insert into raw_salesforce.opportunity_history by name
select * replace ('N{hour}' || id as id, changed_at() as created_date, 'Closed Won' as stage_name, 'hour {hour}' as _run_id)
from raw_salesforce.opportunity_history
where _run_id = 'first' and has_changed(id);

insert into operations.runs by name
select * replace ('hour {hour}' as run_id, timestamp '2026-06-30 13:0{hour}:00' as started_at, timestamp '2026-06-30 13:0{hour}:30' as finished_at)
from operations.runs
where run_id = 'first';
