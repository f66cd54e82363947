//! Any text as a part of a workbook whose archive is sound: the first byte says which part.
#![no_main]

use std::io::Write;

use libfuzzer_sys::fuzz_target;
use throughline_formats::{Spool, expand};

const BOOK: &str = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
const BOOK_AT: &str = "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
                       relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
const PARTS_AT: &str = "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
                        relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"http://\
                        schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" \
                        Target=\"sharedStrings.xml\"/></Relationships>";
const SHEET: &str = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\" \
                     s=\"1\"><v>45000</v></c></row></sheetData></worksheet>";
const STRINGS: &str = "<sst count=\"1\" uniqueCount=\"1\"><si><t>at</t></si></sst>";
const STYLES: &str = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";

fn archive(members: &[(&str, &[u8])]) -> Result<Vec<u8>, rawzip::Error> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, content) in members {
        let (mut entry, config) = archive.new_file(rawzip::path::EntryPath::verbatim(name.as_bytes())).start()?;
        let mut writer = config.wrap(&mut entry);
        writer.write_all(content)?;
        let (_, descriptor) = writer.finish()?;
        entry.finish(descriptor)?;
    }
    archive.finish()?;
    Ok(bytes)
}

// Panics of the libraries that read spreadsheets are caught; those that nobody catches still end the run.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |data: &[u8]| {
    let Some((part, text)) = data.split_first() else { return };
    let given = |number: u8, sound: &'static str| if *part == number { text } else { sound.as_bytes() };
    let members: &[(&str, &[u8])] = &[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", text),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
    ];
    let (name, members) = match part {
        b'o' => ("fuzzed.ods", members),
        _ => (
            "fuzzed.xlsx",
            &[
                ("[Content_Types].xml", b"<Types/>".as_slice()),
                ("_rels/.rels", BOOK_AT.as_bytes()),
                ("xl/workbook.xml", given(b'b', BOOK)),
                ("xl/_rels/workbook.xml.rels", given(b'r', PARTS_AT)),
                ("xl/styles.xml", given(b'y', STYLES)),
                ("xl/sharedStrings.xml", given(b't', STRINGS)),
                ("xl/worksheets/sheet1.xml", given(b's', SHEET)),
            ][..],
        ),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, archive(members).expect("an archive")).expect("written");
    if let Err(problem) = expand(&path, name, &mut Spool::new(folder.path())) {
        assert!(problem.message.ends_with('.'), "{}", problem.message);
    }
});
