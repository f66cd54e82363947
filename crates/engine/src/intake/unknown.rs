//! What is said of a file that no layout knows: its columns, what comes nearest, and how to write a layout for it.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use throughline_model::layout::Layout;

use super::discover::SourceFile;
use super::standard;
use crate::{Error, catalog};

/// So many characters of a column's name are shown.
const NAME: usize = 60;

/// The error of a file with these columns, which was held against these layouts.
pub(super) fn unknown(file: &SourceFile, header: &[String], layouts: &[Arc<Layout>], with_standard: bool) -> Error {
    let short = |name: &String| match name.char_indices().nth(NAME) {
        Some((end, _)) => format!("\"{}...\"", name.get(..end).unwrap_or_default()),
        None => format!("\"{name}\""),
    };
    let shown: Vec<String> = header.iter().take(40).map(short).collect();
    let more = if header.len() > shown.len() { ", ..." } else { "" };
    let message = format!(
        "{} is not recognised: no layout knows a file with the columns {}{more}.",
        file.display,
        shown.join(", ")
    );
    let near = nearest_input(header, layouts).or_else(|| if with_standard { nearest_table(header) } else { None });
    let suggested = match file.part.as_ref().map(|part| part.name.as_str()).filter(|name| !name.is_empty()) {
        Some(name) => format!("{} --part \"{name}\"", file.file_display()),
        None => file.display.clone(),
    };
    let suggest = format!("`throughline layout suggest {suggested}` writes a layout for it.");
    Error::input(message).hint(near.into_iter().chain([suggest]).collect::<Vec<_>>().join(" "))
}

/// The input of a layout that misses the fewest of its columns, at most half of them; of equal ones the first.
fn nearest_input(header: &[String], layouts: &[Arc<Layout>]) -> Option<String> {
    let inputs = layouts.iter().flat_map(|layout| layout.inputs.iter().map(move |input| (layout, input)));
    let near = inputs.filter_map(|(layout, input)| {
        let known: HashSet<&str> = header.iter().filter_map(|name| input.canonical(name)).collect();
        let missing: Vec<&str> = input.header.iter().map(String::as_str).filter(|name| !known.contains(name)).collect();
        let share = ((input.header.len() - missing.len()) * 100).checked_div(input.header.len())?;
        let told =
            || format!("The nearest is {} of layout {}, which misses {}.", input.name, layout.id, missing.join(", "));
        (share >= 50).then(|| (share, told()))
    });
    near.min_by_key(|(share, _)| Reverse(*share)).map(|(_, told)| told)
}

/// The standard table that has most of the columns.
fn nearest_table(header: &[String]) -> Option<String> {
    let (table, unknown) = standard::nearest(header, catalog::vocabulary().ok()?)?;
    if unknown.len() * 2 >= header.len() {
        return None;
    }
    let keys: Vec<&str> =
        table.key.iter().map(String::as_str).filter(|key| !header.iter().any(|name| name == key)).collect();
    let mut text = format!("The nearest is the standard table {}", table.name);
    if !unknown.is_empty() {
        text += &format!(", which has no {}", unknown.join(", "));
    }
    if !keys.is_empty() {
        text += &format!(", whose key {} is missing", keys.join(", "));
    }
    Some(text + ".")
}
