//! Files as they come: kinds, encodings, broken rows. Rejects name line, column and reason and keep the original.

use std::io::Write;
use std::sync::Arc;

use datafusion::arrow::array::{Decimal128Array, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use throughline_engine::ErrorKind;

use crate::intake_support::{Import, Place, failed, import};

const ORDERS: &str = "order_id,customer_ref,ordered_at,goods\n";

/// Imports a file of orders; `order_id|goods` of the rows, and the rejects.
async fn orders(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let found = import("orders.csv", bytes, &[]).await.unwrap();
    let rows = if found.tables.is_empty() {
        Vec::new()
    } else {
        found.ask("SELECT order_id, goods FROM orders ORDER BY source_seq").await
    };
    (rows, found.rejected())
}

#[tokio::test]
async fn rows_of_every_kind_of_file() {
    let csv = format!("{ORDERS}a,c,2026-01-02,1.50\nb,c,2026-01-02T10:00:00+01:00,2\n");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(csv.as_bytes()).unwrap();
    let json = "{\"order_id\":\"a\",\"customer_ref\":\"c\",\"ordered_at\":\"2026-01-02\",\"goods\":1.50}\n\n{\"order_id\":\"b\",\"customer_ref\":\"c\",\"ordered_at\":\"2026-01-02\",\"goods\":\"2\"}\n";
    let kinds: [(&str, Vec<u8>); 8] = [
        ("plain", csv.clone().into_bytes()),
        ("gzip", gzip.finish().unwrap()),
        ("zstd", zstd::encode_all(csv.as_bytes(), 1).unwrap()),
        ("semicolons", csv.replace(',', ";").into_bytes()),
        ("tabs", csv.replace(',', "\t").into_bytes()),
        ("mark and carriage returns", format!("\u{feff}{}", csv.replace('\n', "\r\n")).into_bytes()),
        ("no line end", csv.trim_end().as_bytes().to_vec()),
        ("json lines", json.as_bytes().to_vec()),
    ];
    for (kind, bytes) in kinds {
        assert_eq!(orders(&bytes).await, (vec!["a|1.5000".into(), "b|2.0000".into()], vec![]), "{kind}");
    }
}

#[tokio::test]
async fn parquet_is_exact() {
    let columns: Vec<(&str, datafusion::arrow::array::ArrayRef)> = vec![
        ("order_id", Arc::new(StringArray::from(vec![Some("a"), None]))),
        ("customer_ref", Arc::new(StringArray::from(vec!["c", "d"]))),
        ("ordered_at", Arc::new(TimestampMicrosecondArray::from(vec![1_767_355_200_123_456; 2]).with_timezone("UTC"))),
        (
            "goods",
            Arc::new(Decimal128Array::from(vec![123_456_789_012_345, 5]).with_precision_and_scale(18, 3).unwrap()),
        ),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let found = import("anything", &bytes, &[]).await.unwrap();
    assert_eq!(
        found.ask("SELECT order_id, ordered_at, goods, _line FROM orders").await,
        ["a|2026-01-02T12:00:00.123456Z|123456789012.3450|1"]
    );
    let original = r#"{"order_id":null,"customer_ref":"d","ordered_at":"2026-01-02T12:00:00.123456Z","goods":"0.005"}"#;
    assert_eq!(found.rejected(), [format!("2 orders.order_id is empty [{original}]")]);
}

#[tokio::test]
async fn broken_rows_are_set_aside_and_the_rest_goes_on() {
    let text = [
        ORDERS.as_bytes(),
        b"a,caf\xc3\xa9,2026-01-01,1\n",
        b"short,c\n",
        b"long,c,2026-01-01,1,2\n",
        b"nul,c\0,2026-01-01,1\n",
        b"latin,caf\xe9,2026-01-01,1\n",
        b"\"quoted \"\"x\"\"\nand more\",c,31.02.2025,1\n",
        b"zero,c,0000-00-00,1\n",
        b"number,c,1e9,1\n",
        b"negative,c,2026-01-01,-1\n",
        b"comma,c,2026-01-01,\"12,5\"\n",
        b",c,2026-01-01,1\n",
        b",,,\n",
        b"z,c,2026-01-01,=1+1\n",
        b"=cmd|' /C calc'!A0,c,2026-01-01,7\n",
    ]
    .concat();
    let (rows, rejects) = orders(&text).await;
    assert_eq!(rows, ["a|1.0000", "=cmd|' /C calc'!A0|7.0000"]);
    let expected = [
        "3 -.- 2 fields where the header has 4 [short,c]",
        "4 -.- 5 fields where the header has 4 [long,c,2026-01-01,1,2]",
        "5 -.customer_ref holds a NUL byte [nul,c\0,2026-01-01,1]",
        "6 -.customer_ref is not valid UTF-8; where the whole file is encoded otherwise, name its encoding with --encoding [latin,caf\u{fffd},2026-01-01,1]",
        "7 orders.ordered_at \"31.02.2025\" is not a date or time like 2026-03-14 or 2026-03-14T09:30:00+01:00 [\"quoted \"\"x\"\"\nand more\",c,31.02.2025,1]",
        "9 orders.ordered_at \"0000-00-00\" is not a date or time like 2026-03-14 or 2026-03-14T09:30:00+01:00 [zero,c,0000-00-00,1]",
        "10 orders.ordered_at \"1e9\" is not a date or time like 2026-03-14 or 2026-03-14T09:30:00+01:00 [number,c,1e9,1]",
        "11 orders.goods \"-1\" is negative [negative,c,2026-01-01,-1]",
        "12 orders.goods \"12,5\" is not an amount written as 1,234.56 [comma,c,2026-01-01,\"12,5\"]",
        "13 orders.order_id is empty [,c,2026-01-01,1]",
        "15 orders.goods \"=1+1\" is not an amount written as 1,234.56 [z,c,2026-01-01,=1+1]",
    ];
    assert_eq!(rejects, expected);
    let found = import("orders.csv", &text, &[]).await.unwrap();
    let counts = &found.counts.files[0];
    assert_eq!((counts.rows, counts.rejected, found.counts.accepted("orders"), counts.formulas), (13, 11, 2, 1));
}

#[tokio::test]
async fn a_quote_never_closed() {
    let text = format!("{ORDERS}a,c,2026-01-01,1\nb,\"c,2026-01-01,1\nd,c,2026-01-01,1\n");
    let (rows, rejects) = orders(text.as_bytes()).await;
    assert_eq!(rows, ["a|1.0000"]);
    assert_eq!(
        rejects,
        ["3 -.customer_ref the quote opened in line 3 is never closed [b,\"c,2026-01-01,1\nd,c,2026-01-01,1]"]
    );
    let mut huge = format!("{ORDERS}a,c,2026-01-01,1\nb,\"c").into_bytes();
    huge.resize(40 << 20, b'\n');
    let error = failed(import("orders.csv", &huge, &[]).await);
    assert_eq!(error.kind, ErrorKind::Input);
    assert!(error.message.contains("line 3: a record is longer than 16 MiB") && error.hint.is_some(), "{error}");
}

#[tokio::test]
async fn broken_json_lines() {
    let text = "{\"order_id\":\"a\",\"customer_ref\":\"c\",\"ordered_at\":\"2026-01-01\"}\n{\"order_id\":\n[1]\n{\"order_id\":\"b\",\"customer_ref\":null,\"ordered_at\":\"2026-01-01\"}\n";
    let found = import("orders.jsonl", text.as_bytes(), &[]).await.unwrap();
    assert_eq!(found.ask("SELECT order_id FROM orders").await, ["a"]);
    let rejected = found.rejected();
    assert_eq!(rejected.len(), 3, "{rejected:?}");
    assert!(
        rejected[0].starts_with("2 -.- is not valid JSON: EOF while parsing")
            && rejected[0].ends_with("[{\"order_id\":]")
    );
    assert_eq!(rejected[1], "3 -.- is not a JSON object [[1]]");
    assert!(rejected[2].starts_with("4 orders.customer_ref is empty"));
}

#[tokio::test]
async fn empty_files_and_headers_only() {
    let place = Place::new(&[("a.csv", b""), ("b.csv", ORDERS.as_bytes()), ("c.csv", b"\xef\xbb\xbf\n")]);
    let recognition = Import::default().recognise(&[place.path("")]).unwrap();
    assert_eq!((recognition.assigned.len(), recognition.skipped.len(), recognition.problems.len()), (1, 2, 0));
    assert_eq!(recognition.skipped[0].reason, "The file is empty.");
    let found = Import::default().run(&[place.path("")]).await.unwrap();
    assert_eq!((found.counts.rows(), found.tables.len(), found.rejects.len()), (0, 0, 0));
}

#[tokio::test]
async fn files_that_are_no_tables() {
    for (bytes, part) in [
        (&b"\xff\xfeo\0r\0d\0e\0r\0"[..], "columns \"order\""),
        (b"[{\"foo\": 1}]", "columns \"foo\""),
        (b"PK\x03\x04xxxxxxxx", "cannot be read"),
        (b"%PDF-1.4\n", "is a PDF"),
        (b"<?xml version=\"1.0\"?><rows><row/></rows>", "XML with <rows>"),
        (b"order_idd,customer_ref,ordered_at\n1,2,3\n", "is not recognised"),
        (b"foo,bar\n1,2\n", "\"foo\", \"bar\""),
    ] {
        let error = failed(import("file.csv", bytes, &[]).await);
        assert!(error.message.contains(part) && error.hint.is_some(), "{error}");
    }
    let near = failed(import("file.csv", b"order_idd,customer_ref,ordered_at\n1,2,3\n", &[]).await);
    assert!(
        near.hint.unwrap().contains("standard table orders, which has no order_idd, whose key order_id is missing")
    );
    let near = failed(import("file.csv", b"case id,activity\n1,2\n", &[]).await);
    assert!(near.hint.unwrap().contains("The nearest is events of layout event_log, which misses time."));
}

#[tokio::test]
async fn many_rejects_keep_their_originals() {
    let mut text = ORDERS.to_owned();
    for row in 0..250_000 {
        text += &format!("{row},c,never,1\n");
    }
    let found = import("orders.csv", text.as_bytes(), &[]).await.unwrap();
    assert_eq!((found.rejects.len(), found.counts.rejected()), (250_000, 250_000));
    assert_eq!((found.rejects[249_999].line, found.rejects[249_999].original.as_str()), (250_001, "249999,c,never,1"));
    assert!(found.rejects.iter().all(|reject| reject.original == format!("{},c,never,1", reject.line - 2)));
}
