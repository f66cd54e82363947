//! Backups that were made, and workspaces made of them.

use throughline_engine::{BackupReport, RestoreReport};

use super::instant::minute;
use super::style::Style;
use super::text::{count, counted, wrap};

/// What a backup did.
pub fn made(report: &BackupReport, style: &Style) -> String {
    let import = match report.import {
        0 => "no import yet".to_owned(),
        number => format!("everything up to import {number}"),
    };
    let mut text = format!(
        "{} holds {import}: {}, {}; {} were new.",
        report.folder.display(),
        counted(report.files, "file"),
        size(report.bytes),
        size(report.copied_bytes)
    );
    if report.removed > 0 {
        text.push_str(&format!(" Removed: {} of earlier backups.", counted(report.removed, "file")));
    }
    wrap(&text, style.width).join("\n") + "\n"
}

/// What a restored workspace holds.
pub fn restored(report: &RestoreReport, zone: &str, style: &Style) -> String {
    let text = format!(
        "{} is the workspace {} as it was on {}: every file is what was backed up.",
        report.folder.display(),
        report.workspace,
        minute(report.at, zone)
    );
    let mut lines = wrap(&text, style.width);
    let newest = report.newest.map_or("none".to_owned(), |at| minute(at, zone));
    let parts = [
        ("imports", count(report.import)),
        ("rows", count(report.rows)),
        ("newest record", newest),
        ("revisions", count(report.revisions)),
        ("files", format!("{}, {}", count(report.files), size(report.bytes))),
    ];
    lines.extend(parts.map(|(name, value)| format!("  {name:<14} {value}")));
    lines.join("\n") + "\n"
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    indicatif::DecimalBytes(bytes).to_string()
}
