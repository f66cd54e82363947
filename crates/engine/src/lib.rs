//! The engine: tables, imports, measures and the scorecard behind one façade.

mod backup;
pub mod catalog;
pub mod checks;
pub mod customer;
mod customers;
mod database;
mod doctor;
mod draft;
pub mod error;
mod folder;
pub mod identity;
mod import;
pub mod inbox;
pub mod intake;
mod journeys;
mod lock;
pub mod measures;
pub mod moved;
mod personal;
mod plan;
mod postgres;
mod proof;
mod reader;
mod refresh;
mod rejects;
mod revisions;
pub mod scorecard;
mod sealed;
pub mod session;
mod sources;
pub mod sql;
pub mod store;
mod trust;
mod version;
mod workspace;

pub use backup::{BackupReport, CopyPeople, RestoreReport, Work};
pub use checks::{CheckKind, FailedCheck};
pub use customers::{CustomerList, FoundCustomer};
pub use database::{QueryReport, Refreshing, Secrets};
pub use doctor::{Check, Checkup, DoctorRequest, Finding, Severity};
pub use draft::{Draft, text_name};
pub use error::{Error, ErrorKind, Result};
pub use folder::Folder;
pub use identity::Linking;
pub use import::{
    Brought, ExportedFile, FileReport, ImportReport, ImportRequest, Progress, RejectExport, ReplayReport, StillOpen,
    TableReport, Vacuumed, Watch,
};
pub use journeys::{
    About, Asked, AttributionAnswer, AttributionRequest, Case, ConformanceRequest, ConformanceView, DeliveryAnswer,
    DeliveryRequest, FunnelRequest, FunnelView, GroupAnswer, GroupPaths, GroupTransitions, Journeys, JourneysAt,
    LifecycleAnswer, LifecycleRequest, Overview, OverviewRequest, PainsAnswer, PainsRequest, PathsAnswer, PathsRequest,
    PathsView, RetentionAnswer, RetentionRequest, Scope, Story, StoryTouchpoint, TransitionsRequest, TransitionsView,
    attribution_of_paths, excess, pooled,
};
pub use moved::{MeasureMoved, MovedRequest, WholeMoved};
pub use postgres::{Gate, PostgresOptions, serve_postgres};
pub use reader::{MeasureRequest, ReadOptions, Reader};
pub use refresh::{RefreshReport, RefreshRequest, SourceStatus};
pub use rejects::{RejectFilter, Rejected};
pub use revisions::Revision;
pub use sources::{SourceHealth, TableHealth};
pub use trust::Trust;
pub use version::Version;
pub use workspace::{InitOptions, Workspace};
