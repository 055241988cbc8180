-- An org of {leads} leads as an extraction over the API lands it: everything follows from the numbers of the rows.
create or replace temp macro draw(number, salt, most) as cast(hash(number, salt) % most as bigint);
create or replace temp macro text_of(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%S.000+0000');
create or replace temp macro days_ago(days) as timestamp '2026-06-30 12:00:00' - to_seconds(cast(86400 * days as bigint));

insert into raw_salesforce.account (id, is_deleted, name, industry, annual_revenue, number_of_employees, owner_id, created_date, last_modified_date, system_modstamp, last_activity_date, _row_number, _run_id)
select
    'A' || i, if(draw(i, 1, 50) = 0, 'true', 'false'), 'Account ' || i, (['Technology', 'Finance', 'Education', 'Retail', 'Healthcare'])[1 + draw(i, 2, 5)],
    draw(i, 3, 10000000), draw(i, 4, 2000), 'U' || draw(i, 5, 500), text_of(days_ago(400 + draw(i, 6, 900))), text_of(days_ago(draw(i, 7, 400))),
    text_of(days_ago(draw(i, 7, 400))), strftime(days_ago(draw(i, 8, 300)), '%Y-%m-%d'), i, 'first'
from range({leads} // 3) as numbers (i);

insert into raw_salesforce.lead (id, is_deleted, company, status, is_converted, created_date, last_modified_date, system_modstamp, last_activity_date, owner_id, lead_source, industry, annual_revenue, number_of_employees, website_visits_c, content_downloads_c, email_opens_c, _row_number, _run_id)
select
    'L' || i, if(draw(i, 11, 50) = 0, 'true', 'false'), 'Company ' || i,
    (['New', 'Assigned', 'Contacted', 'Working', 'Nurturing', 'Qualified', 'Unqualified'])[1 + draw(i, 12, 7)], if(draw(i, 13, 12) = 0, 'true', 'false'),
    text_of(days_ago(400 + draw(i, 14, 300))), text_of(days_ago(draw(i, 15, 400))), text_of(days_ago(draw(i, 15, 400))),
    strftime(days_ago(draw(i, 16, 200)), '%Y-%m-%d'), 'U' || draw(i, 17, 500), (['Web', 'Referral', 'Event', 'Partner'])[1 + draw(i, 18, 4)],
    (['Technology', 'Finance', 'Education', 'Retail', 'Healthcare'])[1 + draw(i, 19, 5)], draw(i, 20, 20000000), draw(i, 21, 3000),
    draw(i, 22, 60), draw(i, 23, 12), draw(i, 24, 35), i, 'first'
from range({leads}) as numbers (i);

insert into raw_salesforce.lead_history (id, is_deleted, lead_id, created_date, field, data_type, old_value, new_value, _row_number, _run_id)
select
    'H' || i, 'false', 'L' || (i // 4), text_of(days_ago(400 - 90 * (i % 4) - draw(i, 31, 80))), if(i % 4 = 3, 'Owner', 'Status'),
    if(i % 4 = 3, 'Text', 'DynamicEnum'),
    if(i % 4 = 3, 'Rory Roe', (['New', 'Contacted', 'Working', 'Nurturing', 'Qualified', 'Unqualified'])[1 + if(i % 4 = 0, 0, draw(i - 1, 32, 6))]),
    if(i % 4 = 3, 'Jo Lee', (['New', 'Contacted', 'Working', 'Nurturing', 'Qualified', 'Unqualified'])[1 + draw(i, 32, 6)]), i, 'first'
from range(4 * {leads}) as numbers (i);

insert into raw_salesforce.opportunity (id, is_deleted, account_id, name, stage_name, amount, probability, close_date, is_closed, is_won, forecast_category_name, owner_id, created_date, last_modified_date, system_modstamp, _row_number, _run_id)
select
    'O' || i, if(draw(i, 41, 50) = 0, 'true', 'false'), 'A' || draw(i, 42, {leads} // 3), 'Opportunity ' || i,
    (['Prospecting', 'Qualification', 'Needs Analysis', 'Proposal/Price Quote', 'Negotiation/Review', 'Closed Won', 'Closed Lost'])[1 + draw(i, 43, 7)],
    draw(i, 44, 50000), draw(i, 45, 101), strftime(days_ago(draw(i, 46, 300)), '%Y-%m-%d'), if(draw(i, 43, 7) >= 5, 'true', 'false'),
    if(draw(i, 43, 7) = 5, 'true', 'false'), (['Pipeline', 'Best Case', 'Commit', 'Omitted'])[1 + draw(i, 47, 4)], 'U' || draw(i, 48, 500),
    text_of(days_ago(300 + draw(i, 49, 100))), text_of(days_ago(draw(i, 50, 300))), text_of(days_ago(draw(i, 50, 300))), i, 'first'
from range({leads}) as numbers (i);

insert into raw_salesforce.opportunity_history (id, is_deleted, opportunity_id, stage_name, amount, probability, created_date, _row_number, _run_id)
select
    'P' || i, 'false', 'O' || (i // 2), (['Prospecting', 'Qualification', 'Needs Analysis', 'Proposal/Price Quote', 'Negotiation/Review'])[1 + draw(i, 51, 5)],
    draw(i, 52, 50000), draw(i, 53, 101), text_of(days_ago(300 - 100 * (i % 2) - draw(i, 54, 90))), i, 'first'
from range(2 * {leads}) as numbers (i);

insert into raw_salesforce."case" (id, is_deleted, account_id, status, priority, created_date, last_modified_date, system_modstamp, customer_satisfaction_c, _row_number, _run_id)
select
    'C' || i, 'false', 'A' || draw(i, 61, {leads} // 3), 'New', (['Low', 'Medium', 'High', 'Critical'])[1 + draw(i, 62, 4)],
    text_of(days_ago(300 + draw(i, 63, 100))), text_of(days_ago(draw(i, 64, 300))), text_of(days_ago(draw(i, 64, 300))),
    if(draw(i, 65, 3) = 0, null, cast(1 + draw(i, 66, 5) as varchar)), i, 'first'
from range({leads} // 2) as numbers (i);

insert into raw_salesforce.task (id, is_deleted, account_id, subject, activity_date, status, is_closed, type, task_subtype, call_type, call_disposition, call_duration_in_seconds, completed_date_time, created_date, last_modified_date, system_modstamp, _row_number, _run_id)
select
    'T' || i, 'false', 'A' || draw(i, 71, {leads} // 3), (['Call', 'Sent the offer by mail', 'Re: our meeting', 'WhatsApp', 'To do'])[1 + draw(i, 72, 5)],
    strftime(days_ago(draw(i, 73, 300)), '%Y-%m-%d'), if(draw(i, 74, 8) = 0, 'Not Started', 'Completed'), if(draw(i, 74, 8) = 0, 'false', 'true'),
    (['', 'Call', 'Meeting', 'Other'])[1 + draw(i, 75, 4)], (['Task', 'Call', 'Email'])[1 + draw(i, 76, 3)], (['', 'Inbound', 'Outbound'])[1 + draw(i, 77, 3)],
    (['', 'Interested', 'No Answer', 'Not Interested'])[1 + draw(i, 78, 4)], draw(i, 79, 1800),
    if(draw(i, 74, 8) = 0, null, text_of(days_ago(draw(i, 73, 300)))), text_of(days_ago(300 + draw(i, 80, 100))), text_of(days_ago(draw(i, 73, 300))),
    text_of(days_ago(draw(i, 73, 300))), i, 'first'
from range(4 * {leads}) as numbers (i);

insert into raw_salesforce.event (id, is_deleted, account_id, subject, activity_date, start_date_time, duration_in_minutes, type, is_child, created_date, last_modified_date, system_modstamp, _row_number, _run_id)
select
    'E' || i, 'false', 'A' || draw(i, 91, {leads} // 3), 'Visit', strftime(days_ago(draw(i, 92, 300)), '%Y-%m-%d'), text_of(days_ago(draw(i, 92, 300))), 30,
    'Meeting', 'false', text_of(days_ago(300 + draw(i, 93, 100))), text_of(days_ago(draw(i, 92, 300))), text_of(days_ago(draw(i, 92, 300))), i, 'first'
from range({leads}) as numbers (i);

insert into operations.runs (run_id, source_name, table_name, method, rows_read, rows_landed, rows_rejected, started_at, finished_at, outcome)
select 'first', 'salesforce', tables.name, 'rest', 1, 1, 0, timestamp '2026-06-30 12:00:00', timestamp '2026-06-30 12:05:00', 'landed'
from (values ('account'), ('lead'), ('lead_history'), ('opportunity'), ('opportunity_history'), ('case'), ('task'), ('event')) as tables (name);
