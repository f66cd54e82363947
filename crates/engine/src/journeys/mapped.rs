//! Files mapped into memory, so that columns are read where they lie.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::ipc::convert::fb_to_schema;
use datafusion::arrow::ipc::reader::{FileDecoder, read_footer_length};
use datafusion::arrow::ipc::root_as_footer;

use crate::{Error, Result};

/// Length of an Arrow file's end: the footer's length and the magic word.
const TRAILER: usize = 10;

/// The batches of an Arrow file, whose columns lie in the file.
pub(super) fn batches(path: &Path) -> Result<Vec<RecordBatch>> {
    read(map(path)?).map_err(|error| {
        Error::damaged(format!("The journeys in {} cannot be read: {error}.", path.display()))
            .hint("They can be built again: delete the folder data/cache and ask again.")
    })
}

#[allow(unsafe_code)]
fn map(path: &Path) -> Result<Bytes> {
    let file = File::open(path)?;
    // SAFETY: files of runs are written under another name, renamed once they are whole, and never changed or cut
    // afterwards; deleting one leaves its pages alive until the last mapping goes.
    let map = unsafe { memmap2::Mmap::map(&file)? };
    Ok(Bytes::from_owner(map))
}

fn read(bytes: Bytes) -> Result<Vec<RecordBatch>> {
    let buffer = Buffer::from(bytes);
    let damaged = || Error::internal("it is no whole Arrow file");
    let start = buffer.len().checked_sub(TRAILER).ok_or_else(damaged)?;
    let trailer = buffer.get(start..).and_then(|end| <[u8; TRAILER]>::try_from(end).ok()).ok_or_else(damaged)?;
    let length = read_footer_length(trailer)?;
    let footer = start.checked_sub(length).and_then(|from| buffer.get(from..start)).ok_or_else(damaged)?;
    let footer = root_as_footer(footer).map_err(|error| Error::internal(error.to_string()))?;
    let schema = Arc::new(fb_to_schema(footer.schema().ok_or_else(damaged)?));
    let decoder = FileDecoder::new(schema, footer.version()).with_require_alignment(true);
    let mut batches = Vec::new();
    for block in footer.recordBatches().ok_or_else(damaged)? {
        let (offset, meta) = (usize::try_from(block.offset()), usize::try_from(block.metaDataLength()));
        let body = usize::try_from(block.bodyLength());
        let (Ok(offset), Ok(meta), Ok(body)) = (offset, meta, body) else { return Err(damaged()) };
        if offset.saturating_add(meta).saturating_add(body) > buffer.len() {
            return Err(damaged());
        }
        let part = buffer.slice_with_length(offset, meta + body);
        batches.extend(decoder.read_record_batch(block, &part)?);
    }
    Ok(batches)
}
