//! Files of every format as parts, and any bytes at all.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::Path;

use proptest::prelude::*;
use throughline_formats::{Part, Result, Spool, expand};

fn parts_in(folder: &Path, name: &str, bytes: &[u8]) -> Result<Option<Vec<Part>>> {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    let scratch = folder.join("scratch");
    fs::create_dir_all(&scratch).unwrap();
    expand(&path, name, &mut Spool::new(&scratch))
}

/// Display and text of each part.
fn texts(name: &str, bytes: &[u8]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts_in(folder.path(), name, bytes).unwrap().unwrap();
    let text = |part: &Part| match &part.content {
        Ok(content) => fs::read_to_string(&content.path).unwrap(),
        Err(problem) => format!("! {}", problem.message),
    };
    parts.iter().map(|part| (part.display.clone(), text(part))).collect()
}

fn problem(name: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    parts_in(folder.path(), name, bytes).unwrap_err().message
}

fn pairs(found: &[(String, String)]) -> Vec<(&str, &str)> {
    found.iter().map(|(display, text)| (display.as_str(), text.as_str())).collect()
}

/// A zip archive of members as they are.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, content) in members {
        let (mut entry, config) = archive.new_file(rawzip::path::EntryPath::verbatim(name.as_bytes())).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(content).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

const RELATIONS: &str = "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/\
                         2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";

/// A workbook of sheets, each with its state and its rows in XML.
fn xlsx(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut book = String::from("<workbook xmlns:r=\"r\"><sheets>");
    let mut relations = String::from("<Relationships>");
    let mut members: Vec<(String, String)> = Vec::new();
    for (place, (name, state, rows)) in sheets.iter().enumerate() {
        let number = place + 1;
        book += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" state=\"{state}\" r:id=\"r{number}\"/>");
        relations += &format!(
            "<Relationship Id=\"r{number}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/\
             worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        members.push((format!("xl/worksheets/sheet{number}.xml"), sheet));
    }
    members.push(("[Content_Types].xml".into(), "<Types/>".into()));
    members.push(("_rels/.rels".into(), RELATIONS.into()));
    members.push(("xl/workbook.xml".into(), book + "</sheets></workbook>"));
    members.push(("xl/_rels/workbook.xml.rels".into(), relations + "</Relationships>"));
    let styles = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    members.push(("xl/styles.xml".into(), styles.into()));
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip(&members)
}

/// A row of a sheet: texts, numbers, and dates behind an `@`.
fn row(number: usize, cells: &[&str]) -> String {
    let cell = |(column, text): (usize, &&str)| {
        let place = format!("{}{number}", char::from(b'A' + column as u8));
        match text.strip_prefix('@') {
            _ if text.is_empty() => String::new(),
            Some(serial) => format!("<c r=\"{place}\" s=\"1\"><v>{serial}</v></c>"),
            None if text.parse::<f64>().is_ok() => format!("<c r=\"{place}\"><v>{text}</v></c>"),
            None => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        }
    };
    let cells: String = cells.iter().enumerate().map(cell).collect();
    format!("<row r=\"{number}\">{cells}</row>")
}

#[test]
fn sheets_are_lines_with_the_numbers_of_their_rows() {
    let orders = row(1, &["Orders of May"])
        + &row(3, &["id", "at", "total", "", "total"])
        + &row(4, &["A1", "@45413", "12.50", "x", "3"])
        + &row(6, &["A2", "@45413.5"]);
    let book = xlsx(&[("Orders", "visible", &orders), ("Old", "hidden", &orders), ("Empty", "visible", "")]);
    let found = texts("book.xlsx", &book);
    let expected = "\n\n\n{\"id\":\"A1\",\"at\":\"2024-05-01\",\"total\":12.5,\"column_4\":\"x\",\"total_2\":3}\n\n\
                    {\"id\":\"A2\",\"at\":\"2024-05-01T12:00:00\",\"total\":null,\"column_4\":null,\"total_2\":null}\n";
    assert_eq!(pairs(&found), [("book.xlsx, sheet Orders", expected)]);
    let folder = tempfile::tempdir().unwrap();
    let parts = parts_in(folder.path(), "any name", &book).unwrap().unwrap();
    let columns = parts[0].content.as_ref().unwrap().columns.clone().unwrap();
    assert_eq!((parts[0].name.as_str(), columns.join(",")), ("Orders", "id,at,total,column_4,total_2".into()));
}

#[test]
fn an_open_document_is_read_as_a_workbook_is() {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let number = "<table:table-cell office:value-type=\"float\" office:value=\"12.5\"/>";
    let date = "<table:table-cell office:value-type=\"date\" office:date-value=\"2024-05-01\"/>";
    let table = format!(
        "<table:table table:name=\"Orders\"><table:table-row>{}{}{}</table:table-row><table:table-row>{}{number}{date}\
         </table:table-row></table:table>",
        cell("id"),
        cell("total"),
        cell("at"),
        cell("A1"),
    );
    let book = ods("", &table);
    let expected = "\n{\"id\":\"A1\",\"total\":12.5,\"at\":\"2024-05-01\"}\n";
    assert_eq!(pairs(&texts("book.ods", &book)), [("book.ods, sheet Orders", expected)]);
}

/// An OpenDocument workbook around the elements of its spreadsheet, and its styles.
fn ods(styles: &str, tables: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:automatic-styles>{styles}</office:automatic-styles><office:body>\
         <office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    let mime: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    let manifest: &[u8] = b"<manifest:manifest/>";
    zip(&[("mimetype", mime), ("content.xml", content.as_bytes()), ("META-INF/manifest.xml", manifest)])
}

#[test]
fn an_open_document_is_read_as_people_see_it() {
    let cell = |text: &str| format!("<table:table-cell office:value-type=\"string\">{text}</table:table-cell>");
    let styles = "<style:style style:name=\"t2\"><style:table-properties table:display=\"false\"/></style:style>";
    let empty = "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"9\"/>\
                 </table:table-row>";
    let header = cell("<text:p>id</text:p>")
        + &cell(
            "<office:annotation><text:p>no text</text:p></office:annotation><text:p>a<text:s text:c=\"2\"/>&amp; \
                 b</text:p><text:p>two</text:p>",
        )
        + "<table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/>";
    let row = "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"2\" \
               office:value-type=\"float\" office:value=\"1.5\"/></table:table-row>";
    let table = |style: &str, rows: &str| {
        format!("<table:table table:name=\"S\" table:style-name=\"{style}\">{rows}</table:table>")
    };
    let shown = table(
        "t1",
        &format!(
            "{empty}<table:table-header-rows><table:table-row>{header}</table:table-row>\
                                      </table:table-header-rows>{row}{empty}"
        ),
    );
    let book = ods(styles, &(shown + &table("t2", row)));
    let line = "{\"id\":1.5,\"a  & b\\ntwo\":1.5,\"true\":null}\n";
    assert_eq!(pairs(&texts("book.ods", &book)), [("book.ods, sheet S", format!("\n\n\n{line}{line}").as_str())]);
}

#[test]
fn workbooks_that_do_not_end_or_are_bombs_are_refused() {
    let cell =
        "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/>";
    let bomb = format!(
        "<table:table table:name=\"S\"><table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>\
         </table:table>"
    );
    assert!(problem("bomb.ods", &ods("", &bomb)).contains("more than 200 times its size"));
    let open = "<table:table table:name=\"S\"><table:table-row></table:table-row></table:taBle>";
    assert!(problem("open.ods", &ods("", open)).starts_with("open.ods cannot be read as a spreadsheet: "));
    let text = "x".repeat(1 << 20);
    let wide = format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>").repeat(70);
    let wide = xlsx(&[("S", "visible", &format!("<row r=\"1\">{wide}</row>"))]);
    assert!(problem("wide.xlsx", &wide).contains("the rows around 1 hold more than 64 MiB of text"));
    let deep = "<a>".repeat(2_000);
    assert!(problem("deep.ods", &ods(&deep, "")).contains("1000 deep"));
}

#[test]
fn archives_hold_files_of_any_kind() {
    let inner = zip(&[("x.csv", b"a,b\n1,2\n")]);
    let book = xlsx(&[("S", "visible", &(row(1, &["a", "b"]) + &row(2, &["x", "y"])))]);
    let members: &[(&str, &[u8])] = &[
        ("../../orders.csv", b"id\n1\n"),
        ("data/.hidden", b"x"),
        ("__MACOSX/orders.csv", b"x"),
        ("book.xlsx", &book),
        ("list.json", b"[{\"a\":1}]"),
        ("inner.zip", &inner),
        ("read.pdf", b"%PDF-1.4"),
    ];
    let found = texts("export.zip", &zip(members));
    let expected = [
        ("export.zip, ../../orders.csv", "id\n1\n"),
        ("export.zip, book.xlsx, sheet S", "\n{\"a\":\"x\",\"b\":\"y\"}\n"),
        ("export.zip, list.json", "{\"a\":1}\n"),
        ("export.zip, inner.zip", "! export.zip, inner.zip is an archive within an archive."),
        ("export.zip, read.pdf", "! export.zip, read.pdf is a PDF, no table."),
    ];
    assert_eq!(pairs(&found), expected);
    let word = zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]);
    assert_eq!(problem("a.docx", &word), "a.docx is a document, no table.");
    let names: Vec<String> = (0..10_001).map(|number| format!("{number}.csv")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert!(problem("many.zip", &zip(&many)).contains("10001 members"));
}

#[test]
fn lists_of_documents_keep_their_lines_and_digits() {
    let text = "{\n \"meta\": {\"page\": 1, \"rows\": [{\"x\":1}]},\n \"data\": [\n  {\"id\": 1.10,\n   \"t\": \"a]b\"},\n  \
                {\"id\": 12345678901234567890}, {\"id\": 3}\n ], \"ids\": [1,2], \"none\": []\n}\n";
    let found = texts("dump.json", text.as_bytes());
    let shown = pairs(&found);
    assert_eq!(shown[0], ("dump.json, list meta.rows", "\n{\"x\":1}\n"));
    let data = "\n\n\n{\"id\": 1.10,    \"t\": \"a]b\"}\n\n{\"id\": 12345678901234567890}\n{\"id\": 3}\n";
    assert_eq!(shown[1], ("dump.json, list data", data));
    assert_eq!((shown[2].0, shown.len()), ("dump.json", 3));
    let folder = tempfile::tempdir().unwrap();
    let parts = parts_in(folder.path(), "dump.json", text.as_bytes()).unwrap().unwrap();
    assert_eq!(parts.iter().map(|part| part.fallback).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn objects_on_several_lines_are_rows() {
    let found = texts("a.json", b"\n{\n \"a\": [{\"x\": 1}]\n}\n{\n \"a\": 2\n}\n");
    assert_eq!(pairs(&found), [("a.json", "\n{  \"a\": [{\"x\": 1}] }\n\n\n{  \"a\": 2 }\n")]);
    let found = texts("a.json", b"[{\"a\":1},{\"a\":\n2}]");
    assert_eq!(pairs(&found), [("a.json", "{\"a\":1}\n{\"a\": 2}\n")]);
    let wide: Vec<u8> = "\u{feff}[{\"a\":\"ä\"}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(pairs(&texts("a.json", &wide)), [("a.json", "{\"a\":\"ä\"}\n")]);
    assert!(problem("a.json", b"[{\"a\":1}\n }").contains("line 2: there is '}'"));
    let lines = tempfile::tempdir().unwrap();
    for plain in [&b"{\"a\":1}\n{\"a\":2}\n"[..], b"{\"a\":\n{\"a\":2}\n", b"[Date],[Total]\n1,2\n", b"a,b\n1,2\n", b""]
    {
        assert_eq!(parts_in(lines.path(), "plain", plain).unwrap(), None, "{plain:?}");
    }
}

#[test]
fn events_of_logs_carry_their_case() {
    let log = "<?xml version=\"1.0\"?>\n<!-- a log -->\n<log xes.version=\"1.0\">\n <extension name=\"x\" prefix=\"x\" uri=\"u\"/>\n \
               <global scope=\"event\"><string key=\"concept:name\" value=\"?\"/></global>\n <trace>\n  \
               <string key=\"concept:name\" value=\"c1\"/>\n  <event>\n   <string key=\"concept:name\" value=\"A &amp; B\">\
               <string key=\"inner\" value=\"x\"/></string>\n   <date key=\"time:timestamp\" value=\"2024-05-01T10:00:00Z\"/>\
               \n  </event>\n  <event><int key=\"n\" value=\"1\"/></event>\n </trace>\n</log>\n";
    let rows = "\n\n\n\n\n\n\n{\"case:concept:name\":\"c1\",\"concept:name\":\"A & B\",\"time:timestamp\":\
                \"2024-05-01T10:00:00Z\"}\n\n\n\n{\"case:concept:name\":\"c1\",\"n\":\"1\"}\n";
    assert_eq!(pairs(&texts("log.xes", log.as_bytes())), [("log.xes", rows)]);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(log.as_bytes()).unwrap();
    assert_eq!(pairs(&texts("log.xes.gz", &packed.finish().unwrap())), [("log.xes.gz", rows)]);
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE log [<!ENTITY a \"aaaa\">]><log><trace><event><string key=\"k\" \
                value=\"&a;\"/></event></trace></log>";
    assert!(problem("bomb.xes", bomb.as_bytes()).contains("cannot be read"));
    let ocel = "<log><object-types/><events><event id=\"e1\" type=\"Pay\" time=\"2024-05-01T10:00:00Z\"><attributes>\
                <attribute name=\"by\">Jo &amp; Co</attribute></attributes><objects><relationship object-id=\"o1\" \
                qualifier=\"order\"/></objects></event></events><objects><object id=\"o1\" type=\"Order\"/></objects></log>";
    let event = "{\"id\":\"e1\",\"type\":\"Pay\",\"time\":\"2024-05-01T10:00:00Z\",\"attributes\":[{\"name\":\"by\",\
                 \"value\":\"Jo & Co\"}],\"relationships\":[{\"objectId\":\"o1\",\"qualifier\":\"order\"}]}\n";
    let object = "{\"id\":\"o1\",\"type\":\"Order\",\"attributes\":[],\"relationships\":[]}\n";
    let found = texts("log.xml", ocel.as_bytes());
    assert_eq!(pairs(&found), [("log.xml, list events", event), ("log.xml, list objects", object)]);
}

#[test]
fn a_log_in_sqlite_is_read_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.sqlite");
    let database = rusqlite::Connection::open(&path).unwrap();
    let tables = "CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
        CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
        CREATE TABLE event (ocel_id TEXT, ocel_type TEXT); CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
        CREATE TABLE event_Pay (ocel_id TEXT, ocel_time TEXT, amount REAL);
        CREATE TABLE object_Order (ocel_id TEXT, ocel_time TEXT, ocel_changed_field TEXT, price INTEGER);
        CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
        CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
        INSERT INTO event_map_type VALUES ('Pay', 'Pay'); INSERT INTO object_map_type VALUES ('Order', 'Order');
        INSERT INTO event VALUES ('e1', 'Pay'); INSERT INTO object VALUES ('o1', 'Order');
        INSERT INTO event_Pay VALUES ('e1', '2024-05-01T10:00:00Z', 12.5);
        INSERT INTO object_Order VALUES ('o1', '1970-01-01T00:00:00Z', NULL, 3), ('o1', '2024-05-02', 'price', 4);
        INSERT INTO event_object VALUES ('e1', 'o1', 'order');";
    database.execute_batch(tables).unwrap();
    drop(database);
    let found = texts("log.sqlite", &fs::read(&path).unwrap());
    let event = "{\"id\":\"e1\",\"type\":\"Pay\",\"time\":\"2024-05-01T10:00:00Z\",\"attributes\":[{\"name\":\"amount\",\
                 \"value\":\"12.5\"}],\"relationships\":[{\"objectId\":\"o1\",\"qualifier\":\"order\"}]}\n";
    let object = "{\"id\":\"o1\",\"type\":\"Order\",\"attributes\":[{\"name\":\"price\",\"value\":\"3\",\"time\":\
                  \"1970-01-01T00:00:00Z\"},{\"name\":\"price\",\"value\":\"4\",\"time\":\"2024-05-02\"}],\"relationships\":[]}\n";
    assert_eq!(pairs(&found), [("log.sqlite, list events", event), ("log.sqlite, list objects", object)]);
}

#[test]
fn what_is_too_long_or_too_deep_ends_with_a_sentence() {
    let mut long = b"[{\"a\":\"".to_vec();
    long.resize(40 << 20, b'x');
    assert!(problem("a.json", &long).contains("line 1: a record is longer than 16 MiB"));
    let row = format!("{{\"id\":1,\"text\":\"{}\"}}", "x".repeat(17 << 20));
    for lines in [row.clone(), format!("{row}\n{{\"id\":2}}\n")] {
        assert!(problem("a.jsonl", lines.as_bytes()).contains("line 1: a record is longer than 16 MiB"));
    }
    let envelope = format!("{{\"next\":\"{}\",\"rows\":[{{\"id\":1}}]}}", "x".repeat(17 << 20));
    assert_eq!(texts("a.json", envelope.as_bytes()).len(), 1);
    let deep = format!("[{}{}]", "{\"a\":[".repeat(100_000), "]}".repeat(100_000));
    assert_eq!(texts("a.json", deep.as_bytes()).len(), 1);
    for cut in [&b"[{\"a\":1},{\"a\":"[..], b"[{\"a\":1},", b"{\"data\":[{\"a\":1}]", b"{\"a\":\n"] {
        assert!(problem("a.json", cut).contains("is cut off"), "{cut:?}");
    }
    let mut element = b"<log><trace><event><string key=\"".to_vec();
    element.resize(40 << 20, b'x');
    assert!(problem("a.xes", &element).contains("longer than 16 MiB"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_bytes_make_it_panic(kind in 0usize..8, bytes in proptest::collection::vec(any::<u8>(), 0..400), cut: u16, at: u16, byte: u8) {
        let folder = tempfile::tempdir().unwrap();
        let rows = row(1, &["a", "b"]) + &row(2, &["1", "@45413"]);
        let mut file = match kind {
            0 => Vec::new(),
            1 => b"PK\x03\x04".to_vec(),
            2 => vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
            3 => b"SQLite format 3\0".to_vec(),
            4 => b"{\"a\":[{\"b\":1},".to_vec(),
            5 => b"<?xml version=\"1.0\"?><log><trace><event>".to_vec(),
            6 => b"<log><events><event id=\"1\"><attribute>".to_vec(),
            // A whole workbook with one byte changed, or cut off.
            _ => xlsx(&[("S", "visible", &rows)]),
        };
        if kind == 7 {
            let place = usize::from(at) % file.len();
            file[place] = byte;
            let length = if cut % 4 == 0 { usize::from(cut) % file.len() } else { file.len() };
            file.truncate(length);
        } else {
            file.extend_from_slice(&bytes);
        }
        let _ = parts_in(folder.path(), "file", &file);
    }

    #[test]
    fn json_text_is_cut_without_panic(text in "[{}\\[\\]\",:a1\\\\ \n.e-]{0,80}") {
        let folder = tempfile::tempdir().unwrap();
        let _ = parts_in(folder.path(), "file", text.as_bytes());
        let _ = parts_in(folder.path(), "file", format!("[{{{text}").as_bytes());
    }

    #[test]
    fn elements_come_back_as_they_were(values in proptest::collection::vec(("[a-z]{1,4}", "\\PC{0,12}", any::<i64>()), 1..6), pretty: bool) {
        let rows: Vec<serde_json::Value> = values.iter().map(|(key, text, number)| serde_json::json!({ key: text, "n": number })).collect();
        let document = serde_json::json!({ "data": rows });
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) }.unwrap();
        let found = texts("a.json", text.as_bytes());
        let back: Vec<serde_json::Value> =
            found[0].1.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(back, rows);
    }
}
