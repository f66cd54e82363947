//! The tools for assistants: the real program over standard input and output, beside the command line.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::expect::check;
use crate::program::{json, ok};

/// How long the program may think, also on a slow machine that does other things.
const PATIENCE: Duration = Duration::from_secs(90);

/// An assistant that started the program.
struct Assistant {
    program: Child,
    to: Option<ChildStdin>,
    from: Receiver<String>,
    asked: u64,
}

impl Assistant {
    fn start(workspace: &Path, arguments: &[&str]) -> Assistant {
        let mut program = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["mcp", "--workspace"])
            .arg(workspace)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = program.stdin.take();
        let (send, from) = channel();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        // Read beside, so that an answer that never comes is waited for only so long.
        std::thread::spawn(move || lines.try_for_each(|line| send.send(line.unwrap())));
        let mut assistant = Assistant { program, to, from, asked: 0 };
        let client = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}});
        let begun = assistant.ask("initialize", client);
        assert_eq!(begun["result"]["serverInfo"]["name"], "throughline", "{begun:#}");
        assert!(begun["result"]["instructions"].as_str().unwrap().contains("95 %"));
        assistant.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        assistant
    }

    fn say(&mut self, line: &str) {
        writeln!(self.to.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The answer to the last question; everything the program writes is a message.
    fn hear(&mut self) -> Value {
        loop {
            let line = match self.from.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) => panic!("no answer to question {}", self.asked),
                Err(RecvTimeoutError::Disconnected) => panic!("the program ended before it answered"),
            };
            let message: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(message["jsonrpc"], "2.0");
            if message["id"] == self.asked {
                return message;
            }
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        self.say(&json!({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params}).to_string());
        self.hear()
    }

    #[track_caller]
    fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        assert_ne!(answer["result"]["isError"], true, "{tool}: {answer:#}");
        let told = &answer["result"]["structuredContent"];
        let [summary, text] = [0, 1].map(|place| answer["result"]["content"][place]["text"].as_str().unwrap());
        assert!(summary.starts_with(told["summary"].as_str().unwrap()), "{tool}: {summary}");
        assert_eq!(&serde_json::from_str::<Value>(text).unwrap(), told);
        assert!(text.len() <= 64_000, "{tool}: {} bytes", text.len());
        told.clone()
    }

    #[track_caller]
    fn fails(&mut self, tool: &str, arguments: Value, message: &str) {
        let answer = self.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        let text = answer["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert_eq!(answer["result"]["isError"], true, "{answer:#}");
        assert!(text.contains(message), "{text}");
        let told = &answer["result"]["structuredContent"];
        assert!(text.starts_with(told["message"].as_str().unwrap()) && told["error"].is_string(), "{answer:#}");
    }
}

impl Drop for Assistant {
    fn drop(&mut self) {
        self.to = None;
        let begun = Instant::now();
        while !std::thread::panicking() && begun.elapsed() < PATIENCE {
            if let Some(ended) = self.program.try_wait().unwrap() {
                assert!(ended.success(), "{ended}");
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.program.kill().unwrap();
        self.program.wait().unwrap();
        assert!(std::thread::panicking(), "the program does not end with its input");
    }
}

/// A workspace with half a year of a small company, made once.
fn company() -> &'static Path {
    static COMPANY: OnceLock<tempfile::TempDir> = OnceLock::new();
    COMPANY
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let demo = ["demo", "files", "--customers", "400", "--months", "12", "--seed", "7", "--clean"];
            ok(folder.path(), &demo);
            ok(folder.path(), &["init", "company", "--name", "Company", "--zone", "Europe/Berlin"]);
            ok(folder.path(), &["import", "files/sources", "--workspace", "company"]);
            folder
        })
        .path()
}

fn workspace() -> std::path::PathBuf {
    company().join("company")
}

/// Everything that the tool tells stands in the answer of the command, in the same order, with the same values; names of
/// customers may be masked.
#[track_caller]
fn same(told: &Value, command: &Value) {
    if let Err(place) = within(told, command) {
        panic!("differs at {place}\n{told:#}");
    }
}

fn within(told: &Value, command: &Value) -> Result<(), String> {
    match (told, command) {
        (Value::Object(told), Value::Object(command)) => {
            for (name, value) in told {
                let is_masked = value.as_str().is_some_and(|text| text.contains("masked-"));
                let is_ours = name == "summary" || (name == "cut_off" && !value.is_boolean());
                if is_ours || (is_masked && command.contains_key(name)) {
                    continue;
                }
                let other = command.get(name).ok_or(format!("{name} is new"))?;
                within(value, other).map_err(|place| format!("{name}/{place}"))?;
            }
            Ok(())
        }
        (Value::Array(told), Value::Array(command)) => {
            let mut rest = command.iter();
            for (place, value) in told.iter().enumerate() {
                let mut first = None;
                let found = rest.by_ref().any(|other| {
                    let compared = within(value, other);
                    first = first.take().or(compared.clone().err());
                    compared.is_ok()
                });
                if !found {
                    return Err(format!("{place}/{}", first.unwrap_or_default()));
                }
            }
            Ok(())
        }
        _ if told == command => Ok(()),
        _ => Err(format!("{told} is {command}")),
    }
}

fn length(value: &Value) -> usize {
    value.as_array().unwrap().len()
}

#[test]
fn tools_tell_what_they_take() {
    let mut assistant = Assistant::start(&workspace(), &[]);
    let tools = assistant.ask("tools/list", json!({}))["result"]["tools"].clone();
    for tool in tools.as_array().unwrap() {
        assert_eq!(tool["annotations"]["readOnlyHint"], true);
        assert_eq!(tool["inputSchema"]["additionalProperties"], false);
        let known = &tool["inputSchema"]["properties"];
        assert!(known["as_of"].is_object() && known["linking"].is_object(), "{tool:#}");
        for (name, property) in known.as_object().unwrap() {
            assert!(property["description"].as_str().is_some_and(|text| text.ends_with('.')), "{name}: {property:#}");
        }
    }
    check("mcp_tools.json", &(serde_json::to_string_pretty(&tools).unwrap() + "\n"));
}

#[test]
fn measures_and_scorecard_as_on_the_command_line() {
    let shop = workspace();
    let mut assistant = Assistant::start(&shop, &[]);
    let all = assistant.call("list_measures", json!({"definitions": true}));
    let listed = json(&shop, &["measure", "--json"]);
    same(&all, &listed);
    assert_eq!(length(&all["measures"]), length(&listed["measures"]));
    let found = assistant.call("list_measures", json!({"search": "ORDER VALUE", "linking": "strict"}));
    assert!((1..20).contains(&length(&found["measures"])), "{found:#}");
    assert!(found["measures"][0].get("definition").is_none());

    let readings = assistant.call("read_measure", json!({"id": "revenue", "every": "quarter"}));
    let command = json(&shop, &["measure", "revenue", "--every", "quarter", "--json"]);
    same(&readings, &command);
    assert_eq!(length(&readings["readings"]), length(&command["readings"]));
    let by = json!({"id": "conversion", "by": "channel", "periods": 3, "as_of": "2027-01-01"});
    let by = assistant.call("read_measure", by);
    same(&by, &json(&shop, &["measure", "conversion", "--by", "channel", "--as-of", "2027-01-01", "--json"]));
    assert!(by["cut_off"][0].as_str().unwrap().contains("periods of `readings`, only 3 are shown"), "{by:#}");

    let card = assistant.call("scorecard", json!({}));
    let command = json(&shop, &["scorecard", "--json"]);
    same(&card, &command);
    assert_eq!(card["summary"], command["headline"]);
    assert!(card["perspectives"][0]["objectives"][0]["measures"][0].get("history").is_none());
    let full = json!({"detail": "full", "perspective": "customer", "period": "2025-03", "history": 4});
    let full = assistant.call("scorecard", full);
    same(&full, &json(&shop, &["scorecard", "--period", "2025-03", "--json"]));
    let moved = assistant.call("measure_moved", json!({"id": "conversion", "by": "channel"}));
    same(&moved, &json(&shop, &["moved", "conversion", "--by", "channel", "--json"]));
    assert_eq!(moved["summary"], moved["sentence"]);
    same(&assistant.call("scorecard_moved", json!({})), &json(&shop, &["moved", "--json"]));
    assert_eq!(length(&full["perspectives"]), 1);
    assert_eq!(length(&full["perspectives"][0]["objectives"][0]["measures"][0]["history"]), 4);
}

#[test]
fn a_number_is_opened_without_names() {
    let shop = workspace();
    let command = json(&shop, &["explain", "orders", "--rows", "5", "--json"]);
    let asked = json!({"id": "orders", "rows": 5});
    let masked = Assistant::start(&shop, &[]).call("explain_measure", asked.clone());
    same(&masked, &command);
    assert_eq!(length(&masked["records"]["rows"]), 5);
    for (row, known) in
        masked["records"]["rows"].as_array().unwrap().iter().zip(command["records"]["rows"].as_array().unwrap())
    {
        assert!(row["customer_id"].as_str().unwrap().starts_with("masked-"), "{row:#}");
        assert!(!row.to_string().contains(known["customer_id"].as_str().unwrap()));
    }
    let unmasked = Assistant::start(&shop, &["--unmasked"]).call("explain_measure", asked);
    assert_eq!(unmasked["records"], command["records"]);
}

#[test]
fn journeys_as_on_the_command_line() {
    let shop = workspace();
    let mut assistant = Assistant::start(&shop, &[]);
    let steps = ["product_viewed", "cart_added", "order"];
    for (tool, asked, command) in [
        ("journey_overview", json!({}), vec!["journey"]),
        ("journey_overview", json!({"by": "channel", "known": true}), vec!["journey", "--by", "channel", "--known"]),
        (
            "journey_funnel",
            json!({"steps": steps, "window": "30d", "mode": "any_order", "repeat": "first", "times": true}),
            vec![
                "journey",
                "funnel",
                steps[0],
                steps[1],
                steps[2],
                "--window",
                "30d",
                "--any-order",
                "--repeat",
                "first",
                "--times",
            ],
        ),
        (
            "journey_funnel",
            json!({"steps": steps, "by": "region"}),
            vec!["journey", "funnel", steps[0], steps[1], steps[2], "--by", "region"],
        ),
        ("journey_transitions", json!({}), vec!["journey", "transitions"]),
        (
            "journey_transitions",
            json!({"steps": "stage", "cut": "12h", "p90": true, "from": "2025-01", "to": "2025-02"}),
            vec![
                "journey",
                "transitions",
                "--steps",
                "stage",
                "--cut",
                "12h",
                "--p90",
                "--from",
                "2025-01",
                "--to",
                "2025-02",
            ],
        ),
        ("journey_paths", json!({}), vec!["journey", "paths"]),
        (
            "journey_paths",
            json!({"steps": "stage", "collapse": true, "until_step": "purchase", "top": 3}),
            vec!["journey", "paths", "--steps", "stage", "--collapse", "--until-step", "purchase", "--top", "3"],
        ),
        ("journey_retention", json!({}), vec!["journey", "retention"]),
        (
            "journey_retention",
            json!({"every": "quarter", "variant": "in_or_after", "by": "segment"}),
            vec!["journey", "retention", "--every", "quarter", "--variant", "in-or-after", "--by", "segment"],
        ),
        ("journey_attribution", json!({}), vec!["journey", "attribution"]),
        ("journey_delivery", json!({}), vec!["journey", "delivery"]),
        ("journey_pains", json!({"show": 1}), vec!["journey", "pains", "--show", "1"]),
    ] {
        let told = assistant.call(tool, asked);
        same(&told, &json(&shop, &[&command[..], &["--json"]].concat()));
        assert!(length(&told["groups"]) > 0 && told["about"]["touchpoints"].as_u64() > Some(1000), "{tool}: {told:#}");
        let summary = told["summary"].as_str().unwrap();
        assert!(summary.len() > 10 && !summary.contains("--"), "{tool}: {summary}");
    }
}

#[test]
fn sources_and_sql_as_on_the_command_line() {
    let shop = workspace();
    let mut assistant = Assistant::start(&shop, &[]);
    let told = assistant.call("list_sources", json!({"as_of": "2027-01-01"}));
    same(&told, &json(&shop, &["sources", "--as-of", "2027-01-01", "--json"]));
    assert!(length(&told["sources"]) > 3);
    let query = "SELECT status, count(*) AS n, count(DISTINCT customer_ref) AS people FROM orders GROUP BY status ORDER BY status";
    let told = assistant.call("sql", json!({"query": query}));
    let command = json(&shop, &["sql", query, "--json"]);
    assert_eq!((&told["rows"], &told["columns"]), (&command["rows"], &command["columns"]));
    let query =
        "SELECT customer_ref AS c, email, order_id FROM orders JOIN customers USING (customer_ref) ORDER BY order_id";
    let told = assistant.call("sql", json!({"query": query, "limit": 3}));
    assert_eq!((length(&told["rows"]), &told["cut_off"]), (3, &json!(true)));
    assert!(told["rows"][0][0].as_str().unwrap().starts_with("masked-"), "{told:#}");
    let open = Assistant::start(&shop, &["--unmasked"]).call("sql", json!({"query": query, "limit": 3}));
    assert_eq!(open["rows"], json(&shop, &["sql", query, "--limit", "3", "--json"])["rows"]);
    assert!(!told["rows"].to_string().contains(open["rows"][0][0].as_str().unwrap()));
    assistant.fails("sql", json!({"query": "DROP TABLE orders"}), "Only queries are answered here");
    // Nothing comes of it for hours, and yet it is stopped and leaves room for others.
    let endless =
        "SELECT count(*) FROM touchpoints a, touchpoints b, touchpoints c WHERE a.value + b.value + c.value > 1";
    for _ in 0..3 {
        assistant.fails("sql", json!({"query": endless, "seconds": 1}), "took longer than 1 s");
    }
    assert_eq!(assistant.call("sql", json!({"query": "SELECT 1 AS one"}))["summary"], "1 row.");
}

#[test]
fn a_question_is_called_off() {
    let mut assistant = Assistant::start(&workspace(), &[]);
    let endless =
        "SELECT count(*) FROM touchpoints a, touchpoints b, touchpoints c WHERE a.value + b.value + c.value > 1";
    let asked = json!({"name": "sql", "arguments": {"query": endless, "seconds": 120}});
    assistant.say(&json!({"jsonrpc": "2.0", "id": "long", "method": "tools/call", "params": asked}).to_string());
    // Heard while the question is worked on.
    assert!(assistant.ask("ping", json!({}))["result"].is_object());
    let off = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "long"}});
    assistant.say(&off.to_string());
    let begun = Instant::now();
    assert_eq!(assistant.call("sql", json!({"query": "SELECT 1 AS one"}))["summary"], "1 row.");
    assert!(begun.elapsed() < Duration::from_secs(60), "the next question waited for the one that was called off");
}

#[test]
fn errors_are_answers_and_the_program_goes_on() {
    let mut assistant = Assistant::start(&workspace(), &[]);
    assistant.fails("read_measure", json!({"id": "revenu"}), "There is no measure `revenu`.\nHint: ");
    assistant.fails(
        "read_measure",
        json!({"id": "revenue", "every": "fortnight"}),
        "do not fit: unknown variant `fortnight`",
    );
    assistant.fails(
        "read_measure",
        json!({"id": "revenue", "perido": 3}),
        "has no argument `perido`.\nHint: did you mean `periods`?",
    );
    assistant.fails("read_measure", json!({}), "do not fit: missing field `id`.");
    assistant.fails("journey_overview", json!({"known": true, "visitors": true}), "cannot be used with");
    assistant.fails("journey_funnel", json!({"steps": ["order"]}), "A funnel has 2 to 32 steps, not 1.");
    assistant.fails("journey_funnel", json!({"steps": ["order", "--help"]}), "No touchpoint is of the kind");
    assistant.fails("scorecard", json!({"perspective": "custmer"}), "It has financial, customer");
    assistant.fails("scorecard", json!({"as_of": "yesterday"}), "is not a point in time");
    let unknown = assistant.ask("tools/call", json!({"name": "drop_table", "arguments": {}}));
    assert_eq!(unknown["error"]["code"], -32602, "{unknown:#}");
    let unknown = assistant.ask("no/such/method", json!({}));
    assert_eq!(unknown["error"]["code"], -32601, "{unknown:#}");
    assistant.say("this is no message");
    assert!(assistant.call("list_measures", json!({"stage": null}))["measures"].is_array());
}

#[test]
fn documents_can_be_read() {
    let mut assistant = Assistant::start(&workspace(), &[]);
    let listed = assistant.ask("resources/list", json!({}))["result"]["resources"].clone();
    assert_eq!(length(&listed), 2);
    for (resource, file) in listed.as_array().unwrap().iter().zip(["definitions.md", "tables.md"]) {
        let read = assistant.ask("resources/read", json!({"uri": resource["uri"]}));
        let text = read["result"]["contents"][0]["text"].as_str().unwrap();
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file);
        assert_eq!(text, std::fs::read_to_string(page).unwrap());
    }
    let missing = assistant.ask("resources/read", json!({"uri": "throughline://docs/secrets"}));
    assert!(missing["error"]["message"].as_str().unwrap().contains("throughline://docs/tables"), "{missing:#}");
}

#[test]
fn what_is_imported_meanwhile_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init", "shop", "--name", "Shop"]);
    let shop = folder.path().join("shop");
    let mut assistant = Assistant::start(&shop, &[]);
    let mut count = || assistant.call("sql", json!({"query": "SELECT count(*) FROM orders"}))["rows"][0][0].clone();
    assert_eq!(count(), 0);
    let file = folder.path().join("orders.csv");
    std::fs::write(&file, "order_id,customer_ref,ordered_at,status,goods\no1,c1,2026-01-05T10:00:00Z,delivered,12\n")
        .unwrap();
    ok(&shop, &["import", file.to_str().unwrap()]);
    assert_eq!(count(), 1);
}

#[test]
fn without_a_workspace_there_is_no_conversation() {
    let folder = tempfile::tempdir().unwrap();
    crate::program::fails(folder.path(), &["mcp"], 2, "is not a Throughline workspace");
}
