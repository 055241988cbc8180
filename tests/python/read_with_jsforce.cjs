// Reads and writes with jsforce, as its documentation shows; prints what came as JSON.
// Arguments: the stand-in's address, a user name, the password with its token.
const { Connection } = require("jsforce");

const QUERY = "SELECT Id, Name, IsDeleted, AnnualRevenue, CreatedDate FROM Lead";

const readBulk = async (connection, options) => {
  const records = [];
  const stream = await connection.bulk2.query(QUERY, { pollInterval: 20, pollTimeout: 20000, ...options });
  for await (const record of stream) records.push(record);
  return records;
};

const main = async ([address, username, password]) => {
  const connection = new Connection({ loginUrl: address, version: "61.0" });
  const user = await connection.login(username, password);
  const result = {
    user,
    identity: await connection.identity(),
    fields: (await connection.sobject("Lead").describe()).fields.length,
    queried: await connection.query(QUERY, { autoFetch: true, maxFetch: 1000000 }),
    deleted: await connection.query(`${QUERY} WHERE IsDeleted = true`, { scanAll: true }),
    bulk: await readBulk(connection, {}),
    bulkWithDeleted: await readBulk(connection, { scanAll: true }),
    created: await connection.sobject("Lead").create([
      { LastName: "One", Company: "First" },
      { LastName: "Two" },
    ]),
    upserted: await connection
      .sobject("Lead")
      .upsert({ LastName: "Three", Company: "Third", Brightwheel_School_UUID__c: "j-3" }, "Brightwheel_School_UUID__c"),
    loaded: await connection.bulk2.loadAndWaitForResults({
      object: "Lead",
      operation: "insert",
      input: [{ LastName: "Four", Company: "Fourth" }, { LastName: "Five", Company: "" }],
      pollInterval: 20,
      pollTimeout: 20000,
    }),
  };
  result.changed = await connection.sobject("Lead").update({ Id: result.created[0].id, Company: "Changed" });
  result.retrieved = await connection.sobject("Lead").retrieve(result.created[0].id);
  result.destroyed = await connection.sobject("Lead").destroy(result.created[0].id);
  await connection.logout();
  return result;
};

main(process.argv.slice(2)).then(
  (result) => console.log(JSON.stringify(result)),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
