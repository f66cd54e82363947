//! Pages that are made from the catalog say what the catalog says. `THROUGHLINE_BLESS=1` writes them again.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use throughline_engine::catalog;
use throughline_model::vocabulary::Table;
use throughline_model::{DefinitionFile, Measure};

fn check(page: &str, expected: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    if std::env::var_os("THROUGHLINE_BLESS").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/{page} differs from the catalog; THROUGHLINE_BLESS=1 cargo test writes it again");
}

#[test]
fn tables() {
    let mut page = String::from(
        "# Standard tables\n\n\
         Names of tables and columns are a promise to everyone who writes SQL. This page is made from\n\
         `catalog/tables.toml`. A customer is named as the source does (`customer_ref`); views resolve it to `customer_id`.\n\n\
         Every row also carries `source` (layout), `import_id`, `source_seq` (place in the source), `source_updated_at` (the\n\
         source's own time of change), `recorded_at` and `recorded_until`. A table by its name shows the rows in force;\n\
         `history.NAME` shows all versions.\n\n\
         Types: text · instant (UTC, microseconds) · day · money (exact decimal, four places) · number (double) · integer ·\n\
         flag · json (text holding JSON).\n",
    );
    for table in &catalog::vocabulary().unwrap().tables {
        table_section(&mut page, table);
    }
    page.push_str("\n# Derived views\n\nComputed from the tables above; their SQL stands in `catalog/views`.\n");
    for (path, text) in catalog::files("views/") {
        let name = path.trim_start_matches("views/").trim_end_matches(".sql");
        // Parts of other views are nobody's promise.
        if name.starts_with('_') {
            continue;
        }
        let about: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("--")).map(str::trim).collect();
        write!(page, "\n## {name}\n\n{}\n", about.join("\n")).unwrap();
    }
    check("tables.md", &page);
}

fn table_section(page: &mut String, table: &Table) {
    let written = if table.ledger { " Written by Throughline itself." } else { "" };
    write!(page, "\n## {}\n\n{}{written} Key: {}.\n\n", table.name, table.about, table.key.join(", ")).unwrap();
    page.push_str("| column | type | what |\n|---|---|---|\n");
    for column in &table.columns {
        let mut notes = vec![column.about.clone()];
        if column.required {
            notes.push("required".into());
        }
        if column.personal {
            notes.push("personal data".into());
        }
        if !column.values.is_empty() {
            notes.push(format!("one of {}", column.values.join(", ")));
        }
        writeln!(page, "| {} | {} | {} |", column.name, column.kind.name(), notes.join("; ")).unwrap();
    }
}

#[test]
fn measures() {
    let files: Vec<DefinitionFile> = catalog::files("measures/")
        .chain(catalog::files("journey.toml"))
        .map(|(path, text)| DefinitionFile { path: path.into(), text: text.into() })
        .collect();
    let (definitions, _) = throughline_model::read(&[], &files);
    let mut page = format!(
        "# Measures\n\n\
         The {} measures that are shipped, by perspective. This page is made from `catalog/measures`; each file there also holds\n\
         the row query, and `throughline explain ID --period P` shows what ran. A measure of your own is a file of the same\n\
         form in the workspace's folder `measures/`.\n",
        definitions.measures.len()
    );
    for perspective in ["financial", "customer", "internal_process", "learning_growth"] {
        write!(
            page,
            "\n## {}\n\n| id | measure | stage | role | exact definition |\n|---|---|---|---|---|\n",
            perspective.replace('_', " ")
        )
        .unwrap();
        for measure in definitions.measures.values().filter(|measure| measure.perspective == perspective) {
            measure_row(&mut page, measure);
        }
    }
    check("measures.md", &page);
}

fn measure_row(page: &mut String, measure: &Measure) {
    let words =
        measure.definition.as_deref().unwrap_or(&measure.plain).split_whitespace().collect::<Vec<_>>().join(" ");
    let stage = measure.stage.as_deref().unwrap_or("–");
    let role = format!("{:?}", measure.role).to_lowercase();
    writeln!(page, "| `{}` | {} | {stage} | {role} | {} |", measure.id, measure.name, words.replace('|', "\\|"))
        .unwrap();
}
