//! Locks between processes, which the system gives back when a process ends, however it ends.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use crate::error::at;
use crate::{Error, Result};

/// A held lock; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Lock(#[allow(dead_code, reason = "held, not read")] File);

/// The file of a lock, made where there is none.
fn open(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    File::options().create(true).truncate(false).write(true).open(path).map_err(at(path))
}

/// Waits until nobody has the lock alone; others may share it.
pub(crate) fn shared(path: &Path) -> Result<Lock> {
    let file = open(path)?;
    file.lock_shared().map_err(at(path))?;
    Ok(Lock(file))
}

/// Waits until nobody else has the lock.
pub(crate) fn in_turn(path: &Path) -> Result<Lock> {
    let file = open(path)?;
    file.lock().map_err(at(path))?;
    Ok(Lock(file))
}

/// The lock alone, where nobody has it.
pub(crate) fn alone(path: &Path) -> Result<Option<Lock>> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(at(path)(error)),
    }
}

/// The lock alone, or the error of somebody who would have to wait.
pub(crate) fn alone_or(path: &Path, busy: impl FnOnce() -> Error) -> Result<Lock> {
    alone(path)?.ok_or_else(busy)
}
