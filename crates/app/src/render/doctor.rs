//! What a look at a workspace found.

use throughline_engine::{Check, Checkup, Finding, Severity};

use super::style::{Ink, Style};
use super::text::{counted, left, wrap};

/// Columns of a check's name and of its word.
const NAME: usize = 13;
const WORD: usize = 9;

/// The whole answer, ending with a line break: a verdict, a line for each check, and what was found.
pub fn page(checkup: &Checkup, style: &Style) -> String {
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let (problems, mended) = (checkup.problems(), checkup.mended());
    let mut verdict = match problems {
        0 => "The workspace is sound.".to_owned(),
        some => format!("The workspace has {}.", counted(number(some), "problem")),
    };
    if mended > 0 {
        verdict.push_str(&format!(" Mended: {mended}."));
    }
    let mut lines = vec![verdict, String::new()];
    for check in &checkup.checks {
        let (word, ink) = standing(check);
        let word = style.paint(ink, &left(word, WORD));
        lines.push(format!("{}{word}{}", left(check.name, NAME), check.looked_at));
        for finding in &check.findings {
            lines.extend(told(finding, style));
        }
    }
    if checkup.checks.iter().flat_map(|check| &check.findings).any(|finding| finding.mendable && !finding.mended) {
        lines.push(String::new());
        lines.push("`throughline doctor --mend` mends what can be mended.".to_owned());
    }
    lines.join("\n") + "\n"
}

fn standing(check: &Check) -> (&'static str, Ink) {
    let open = |finding: &Finding| finding.severity == Severity::Problem && !finding.mended;
    match () {
        () if check.findings.iter().any(open) => ("problem", Ink::Bad),
        () if check.findings.iter().any(|finding| finding.mended) => ("mended", Ink::Fair),
        () => ("ok", Ink::Good),
    }
}

fn told(finding: &Finding, style: &Style) -> Vec<String> {
    let (word, ink) = match (finding.mended, finding.severity) {
        (true, _) => ("mended: ", Ink::Fair),
        (false, Severity::Problem) => ("problem: ", Ink::Bad),
        (false, Severity::Note) => ("note: ", Ink::Quiet),
    };
    let room = style.width.saturating_sub(4);
    let mut lines = Vec::new();
    for (at, line) in wrap(&format!("{word}{}", finding.what), room).iter().enumerate() {
        let line = if at == 0 { line.replacen(word, &style.paint(ink, word), 1) } else { line.clone() };
        lines.push(format!("  {line}"));
    }
    let mut rest = finding.meaning.clone();
    if !finding.mended {
        rest = format!("{rest} {}", finding.remedy);
    }
    lines.extend(wrap(&rest, room).iter().map(|line| format!("    {line}")));
    lines
}
