//! What a look at a workspace found.

use serde::Serialize;
use throughline_engine::Severity;

/// The whole look.
#[derive(Debug, Serialize)]
pub struct Checkup {
    sound: bool,
    problems: usize,
    mended: usize,
    checks: Vec<Check>,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    looked_at: String,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Finding {
    severity: &'static str,
    file: Option<String>,
    what: String,
    meaning: String,
    remedy: String,
    mendable: bool,
    mended: bool,
}

impl From<&throughline_engine::Checkup> for Checkup {
    fn from(checkup: &throughline_engine::Checkup) -> Checkup {
        let (problems, mended) = (checkup.problems(), checkup.mended());
        Checkup { sound: problems == 0, problems, mended, checks: checkup.checks.iter().map(Check::from).collect() }
    }
}

impl From<&throughline_engine::Check> for Check {
    fn from(check: &throughline_engine::Check) -> Check {
        let findings = check.findings.iter().map(Finding::from).collect();
        Check { name: check.name, looked_at: check.looked_at.clone(), findings }
    }
}

impl From<&throughline_engine::Finding> for Finding {
    fn from(finding: &throughline_engine::Finding) -> Finding {
        Finding {
            severity: match finding.severity {
                Severity::Note => "note",
                Severity::Problem => "problem",
            },
            file: finding.file.as_ref().map(|file| file.display().to_string()),
            what: finding.what.clone(),
            meaning: finding.meaning.clone(),
            remedy: finding.remedy.clone(),
            mendable: finding.mendable,
            mended: finding.mended,
        }
    }
}
