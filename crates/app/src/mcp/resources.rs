//! Documents that an assistant may read: what the words and numbers mean, and what tables there are.

use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents};

/// A document of the program.
struct Document {
    uri: &'static str,
    name: &'static str,
    title: &'static str,
    about: &'static str,
    text: &'static str,
}

const DOCUMENTS: [Document; 2] = [
    Document {
        uri: "throughline://docs/definitions",
        name: "definitions",
        title: "What every word and number means",
        about: "Definitions of periods, readings, maturity, scores, status, roll-up, signal and noise, stages, funnels, \
                retention, attribution, obstacles, identity and trust. Read it before explaining a number.",
        text: include_str!("../../../../docs/definitions.md"),
    },
    Document {
        uri: "throughline://docs/tables",
        name: "tables",
        title: "Tables and views for SQL",
        about: "Every standard table and derived view with its columns, types and meaning. Read it before writing SQL.",
        text: include_str!("../../../../docs/tables.md"),
    },
];

/// The list of documents.
pub(super) fn list() -> Vec<Resource> {
    let resource = |document: &Document| {
        Resource::new(document.uri, document.name)
            .with_title(document.title)
            .with_description(document.about)
            .with_mime_type("text/markdown")
            .with_size(document.text.len() as u64)
    };
    DOCUMENTS.iter().map(resource).collect()
}

/// A document in full.
pub(super) fn read(uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let found = DOCUMENTS.iter().find(|document| document.uri == uri);
    let document = found.ok_or_else(|| {
        let known = DOCUMENTS.map(|document| document.uri).join(", ");
        ErrorData::resource_not_found(format!("There is no resource {uri}; there are {known}."), None)
    })?;
    let contents = ResourceContents::text(document.text, document.uri).with_mime_type("text/markdown");
    Ok(ReadResourceResult::new(vec![contents]))
}
