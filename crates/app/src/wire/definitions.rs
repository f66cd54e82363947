//! The JSON of `throughline check`, and of the definition files.

use serde::Serialize;
use throughline_model::diagnostic::{Diagnostic, Level};
use utoipa::ToSchema;

/// Everything that is wrong, or worth a look, in the definitions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DefinitionProblems)]
pub struct Problems {
    /// How many errors.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
    /// Both, by file and line.
    pub problems: Vec<Problem>,
}

/// One problem, where it stands, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DefinitionProblem)]
pub struct Problem {
    level: String,
    file: String,
    line: usize,
    column: usize,
    message: String,
    hint: Option<String>,
}

impl From<&[Diagnostic]> for Problems {
    fn from(found: &[Diagnostic]) -> Problems {
        let errors = found.iter().filter(|problem| problem.level == Level::Error).count();
        Problems { errors, warnings: found.len() - errors, problems: found.iter().map(Problem::from).collect() }
    }
}

impl From<&Diagnostic> for Problem {
    fn from(found: &Diagnostic) -> Problem {
        Problem {
            level: found.level.to_string(),
            file: found.file.clone(),
            line: found.line,
            column: found.column,
            message: found.message.clone(),
            hint: found.hint.clone(),
        }
    }
}

/// The definition files of the working copy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DefinitionFiles)]
pub struct Files {
    /// The files, sorted by path.
    pub files: Vec<File>,
    /// Every problem found in them.
    pub problems: Vec<Problem>,
    /// The newest revision.
    pub revision: Option<u64>,
    /// Whether the files differ from it.
    pub changed: bool,
}

/// One definition file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DefinitionFile)]
pub struct File {
    /// Path below the workspace.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Names the text; send it as If-Match when saving.
    pub etag: String,
}

/// A file that was saved.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedDefinition)]
pub struct Saved {
    /// Path below the workspace.
    pub path: String,
    /// Names the new text.
    pub etag: String,
    /// Every problem of all definitions together.
    pub problems: Vec<Problem>,
}
