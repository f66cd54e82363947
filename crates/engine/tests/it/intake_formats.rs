//! Files of all formats through the import: what becomes of their rows, and of what is hostile.

use std::fs;
use std::io::Write;

use throughline_engine::{ImportRequest, RejectFilter};

use crate::import::Bench;
use crate::intake_support::{Import, Place, failed, import, layout};

const HEADER: &str = "order_id,customer_ref,ordered_at,goods\n";

/// A zip archive of members, packed or as they are.
fn zip(members: &[(&str, &[u8])], packed: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, content) in members {
        let method = if packed { rawzip::CompressionMethod::DEFLATE } else { rawzip::CompressionMethod::STORE };
        let (mut entry, config) = archive.new_file(*name).compression_method(method).start().unwrap();
        let level = if packed { flate2::Compression::best() } else { flate2::Compression::none() };
        let descriptor = if packed {
            let mut writer = config.wrap(flate2::write::DeflateEncoder::new(&mut entry, level));
            writer.write_all(content).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            descriptor
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(content).unwrap();
            writer.finish().unwrap().1
        };
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// An OpenDocument of sheets, each of rows of texts.
fn ods(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut content = String::from("<office:document-content><office:body><office:spreadsheet>");
    for (name, rows) in sheets {
        content += &format!("<table:table table:name=\"{name}\">");
        for row in *rows {
            content += "<table:table-row>";
            for cell in *row {
                content += &format!(
                    "<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"
                );
            }
            content += "</table:table-row>";
        }
        content += "</table:table>";
    }
    content += "</office:spreadsheet></office:body></office:document-content>";
    let mime: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    let manifest: &[u8] = b"<manifest:manifest/>";
    zip(&[("mimetype", mime), ("content.xml", content.as_bytes()), ("META-INF/manifest.xml", manifest)], false)
}

const ORDERS: &[&[&str]] = &[
    &["Orders"],
    &["order_id", "customer_ref", "ordered_at", "goods"],
    &["1", "anna", "2026-01-02", "1.50"],
    &["2", "ben", "31.02.2026", "2"],
];

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_sheet_are_named_by_sheet_and_row_and_come_back_mended() {
    let mut bench = Bench::new("UTC", "EUR");
    let path = bench.file("orders.ods", "");
    fs::write(&path, ods(&[("Orders", ORDERS), ("Notes", &[&["who", "what"], &["me", "x"]])])).unwrap();
    let report = bench.import(&path).await.unwrap();
    let display = format!("{}, sheet Orders", path.display());
    assert_eq!((report.rejected, report.files.len(), report.files[0].file.as_str()), (1, 1, display.as_str()));
    assert!(report.notes.iter().any(|note| note.contains("sheet Notes was left out")), "{:?}", report.notes);
    let rejects = bench.reader(None).rejects(&RejectFilter::default()).await.unwrap();
    assert_eq!((rejects[0].file.as_str(), rejects[0].line), (display.as_str(), 4));
    let folder = path.with_file_name("rejects");
    let exported = bench.workspace.export_rejects(&folder, &RejectFilter::default(), bench.now).await.unwrap();
    let export = &exported.files[0].path;
    let text = fs::read_to_string(export).unwrap();
    fs::write(export, text.replace("31.02.2026", "2026-02-28")).unwrap();
    let now = bench.tick();
    let replayed = bench.workspace.replay_rejects(&[export.display().to_string()], now, &mut |_| {}).await.unwrap();
    assert_eq!((replayed.replayed, replayed.open.len()), (1, 0));
    let rows = bench.rows(None, "SELECT order_id, customer_ref, goods FROM orders ORDER BY order_id").await;
    assert_eq!(rows, ["1|anna|1.5", "2|ben|2.0"]);
    let left = fs::read_dir(bench.workspace.folder().staging()).unwrap().count();
    assert_eq!(left, 0, "scratch folders go");
}

#[tokio::test]
async fn the_same_rows_in_any_format() {
    let csv = format!("{HEADER}1,Jörg,2026-01-02,1.50\n");
    let record = r#"{"order_id":1,"customer_ref":"Jörg","ordered_at":"2026-01-02","goods":1.50}"#;
    let sheet: &[&[&str]] =
        &[&["order_id", "customer_ref", "ordered_at", "goods"], &["1", "Jörg", "2026-01-02", "1.50"]];
    let files: [(&str, Vec<u8>); 8] = [
        ("a.csv", csv.clone().into_bytes()),
        ("b.csv", csv.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("c.csv", csv.chars().map(|letter| letter as u8).collect()),
        ("d.ods", ods(&[("Orders", sheet)])),
        ("e.json", format!("{{\"data\":[{record}],\"more\":false}}").into_bytes()),
        ("f.json", format!("[\n{record}\n]\n").into_bytes()),
        ("g.zip", zip(&[("x/orders.csv", csv.as_bytes()), ("readme.txt", b"hello\n")], true)),
        ("h.csv", format!("Orders, all\n# made on Monday\n\n{csv}").into_bytes()),
    ];
    for (name, bytes) in files {
        let found = import(name, &bytes, &[]).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let rows = found.ask("SELECT order_id, customer_ref, ordered_at, goods FROM orders").await;
        assert_eq!(rows, ["1|Jörg|2026-01-02T00:00:00Z|1.5000"], "{name}");
    }
}

#[tokio::test]
async fn what_layouts_say_of_encodings_headers_parts_and_quotes() {
    let records = "[[record]]\ntable = \"orders\"\nfrom = \"rows\"\n[record.columns]\norder_id = \"Id\"\n\
                   customer_ref = \"Kunde\"\nordered_at = { value = \"2026-01-01\" }\n";
    let said =
        |input: &str| layout(&format!("[[input]]\nname = \"rows\"\nheader = [\"Id\", \"Kunde\"]\n{input}\n{records}"));
    let rows = "SELECT order_id, customer_ref, _line FROM orders";
    let survey = b"Id,Kunde\n\"What is\nyour id?\",Who?\n{x},{y}\n1,anna\n";
    let found = import("survey.csv", survey, &[said("header_lines = 3")]).await.unwrap();
    assert_eq!(found.ask(rows).await, ["1|anna|5"]);
    let data: &[&[&str]] = &[&["Id", "Kunde"], &["?", "?"], &["{x}", "{y}"], &["1", "anna"]];
    let sheets = ods(&[("Old", &[&["Id", "Kunde"], &["0", "x"]]), ("Data 1", data)]);
    let found = import("survey.ods", &sheets, &[said("header_lines = 3\npart = \"Data*\"")]).await.unwrap();
    assert_eq!(found.ask(rows).await, ["1|anna|4"]);
    let found = import("polish.csv", b"Id,Kunde\n1,\xb3\xf3d\n", &[said("encoding = \"windows-1250\"")]).await.unwrap();
    assert_eq!(found.ask(rows).await, ["1|łód|2"]);
    let found = import("tabs.tsv", b"Id\tKunde\n1\t\"anna\n2\tben\n", &[said("quote = \"none\"")]).await.unwrap();
    assert_eq!(found.ask(rows).await, ["1|\"anna|2", "2|ben|3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encoding_can_be_named_and_a_guess_is_told() {
    let mut bench = Bench::new("UTC", "EUR");
    let path = bench.file("orders.csv", "");
    fs::write(&path, [HEADER.as_bytes(), b"1,\xb3\xf3d,2026-01-02,1\n"].concat()).unwrap();
    let report = bench.import(&path).await.unwrap();
    assert!(report.notes.iter().any(|note| note.contains("was read as Windows-1252")), "{:?}", report.notes);
    let paths = vec![path.display().to_string()];
    let request =
        |name: &str| ImportRequest { paths: paths.clone(), encoding: Some(name.into()), ..ImportRequest::default() };
    let report = bench.import_as(&request("windows-1250")).await.unwrap();
    assert!(report.notes.iter().all(|note| !note.contains("Windows-1252")), "{:?}", report.notes);
    assert_eq!(bench.rows(None, "SELECT customer_ref FROM orders").await, ["łód"]);
    let unknown = bench.import_as(&request("latin-99")).await.unwrap_err();
    assert!(unknown.message.contains("no encoding latin-99"), "{unknown}");
}

#[tokio::test]
async fn lists_within_records_are_rows_of_a_query() {
    let shop = layout(
        r#"
[[input]]
name = "orders"
header = ["id", "line_items", "params.page"]
[[record]]
table = "order_lines"
query = """
SELECT _file, _line, _seq, id, page, json_value(item, 'sku') AS sku, json_value(item, 'price.amount') AS amount
FROM (SELECT _file, _line, _seq, id, "params.page" AS page, unnest(json_list(line_items)) AS item FROM orders)
"""
[record.columns]
order_id = "id"
line = "sku"
product_id = "page"
unit_price = "amount"
"#,
    );
    let text = r#"{"orders":[{"id":7,"line_items":[{"sku":"1","price":{"amount":12345678901.10}},{"sku":"2"}],
        "params":[{"key":"page","value":{"string_value":"home","int_value":null}}]}]}"#;
    let found = import("orders.json", text.as_bytes(), &[shop]).await.unwrap();
    let rows = found.ask("SELECT order_id, line, product_id, unit_price, _line FROM order_lines ORDER BY line").await;
    assert_eq!(rows, ["7|1|home|12345678901.1000|1", "7|2|home||1"]);
}

#[tokio::test]
async fn of_several_parts_unknown_ones_are_told() {
    let unknown: &[&[&str]] = &[&["foo", "bar"], &["1", "2"]];
    let place = Place::new(&[("book.ods", &ods(&[("A", unknown), ("B", ORDERS)]))]);
    let recognition = Import::default().recognise(&[place.path("book.ods")]).unwrap();
    assert_eq!((recognition.assigned.len(), recognition.problems.len(), recognition.skipped.len()), (1, 0, 1));
    assert!(recognition.skipped[0].file.ends_with("book.ods, sheet A"));
    let none = failed(import("book.ods", &ods(&[("A", unknown), ("B", unknown)]), &[]).await);
    for part in ["sheet A", "sheet B", "\"foo\", \"bar\"", "layout suggest"] {
        assert!(format!("{none} {:?}", none.hint).contains(part), "{none}");
    }
}

#[tokio::test]
async fn hostile_files_end_with_a_sentence_or_a_reject() {
    // Ten thousand columns, the keys among them.
    let names: Vec<String> = (0..10_000).map(|number| format!("some_rather_long_name_of_a_column_{number}")).collect();
    let wide = format!("{},Id,Kunde\n{}1,anna\n", names.join(","), ",".repeat(10_000));
    let of_wide = layout(
        "[[input]]\nname = \"rows\"\nheader = [\"Id\", \"Kunde\"]\n[[record]]\ntable = \"orders\"\nfrom = \"rows\"\n\
         [record.columns]\norder_id = \"Id\"\ncustomer_ref = \"Kunde\"\nordered_at = { value = \"2026-01-01\" }\n",
    );
    let found = import("wide.csv", wide.as_bytes(), &[of_wide]).await.unwrap();
    assert_eq!(found.ask("SELECT order_id FROM orders").await, ["1"]);
    // An id of ten thousand characters, and brackets a hundred thousand deep.
    let id = "x".repeat(10_000);
    let found = import("long.csv", format!("{HEADER}{id},c,2026-01-01,1\n").as_bytes(), &[]).await.unwrap();
    assert_eq!(found.ask("SELECT order_id FROM orders").await, [id.as_str()]);
    let good = r#"{"order_id":"1","customer_ref":"c","ordered_at":"2026-01-01"}"#;
    let deep = format!("{good}\n{{\"order_id\":{}{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    let found = import("deep.jsonl", deep.as_bytes(), &[]).await.unwrap();
    assert_eq!(found.ask("SELECT order_id FROM orders").await, ["1"]);
    assert!(found.rejects[0].reason.contains("nested more than"), "{}", found.rejects[0].reason);
    // A line of a hundred megabytes, and a gigabyte of one open quote, packed.
    let mut line = format!("{good}\n{{\"order_id\":\"").into_bytes();
    line.resize(100 << 20, b'x');
    let error = failed(import("line.jsonl", &line, &[]).await);
    assert!(error.message.contains("line 2") && error.message.contains("16 MiB"), "{error}");
    drop(line);
    let mut quote = zstd::Encoder::new(Vec::new(), 1).unwrap();
    quote.write_all(format!("{HEADER}1,\"").as_bytes()).unwrap();
    for _ in 0..1024 {
        quote.write_all(&[b'x'; 1 << 20]).unwrap();
    }
    let error = failed(import("quote.csv", &quote.finish().unwrap(), &[]).await);
    assert!(error.message.contains("line 2: a record is longer than 16 MiB"), "{error}");
    let bomb = zip(&[("zeros.csv", &vec![b'0'; 300 << 20])], true);
    let error = failed(import("bomb.zip", &bomb, &[]).await);
    assert!(error.message.contains("unpacks to more than 200 times"), "{error}");
}
