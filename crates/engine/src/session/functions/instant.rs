//! `instant(text)`: a written time as an instant.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_datafusion_err, plan_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use throughline_model::period::Calendar;

use super::Shared;
use crate::store::schema;

/// A time as people write it: `2026-03-14` (the start of that local day), `2026-03-14T10:00` (local
/// time), `2026-03-14T10:00Z` or with an offset. What cannot be read is an error; NULL stays NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Instant {
    calendar: Shared<Calendar>,
    signature: Signature,
}

impl Instant {
    pub(super) fn new(calendar: Shared<Calendar>) -> Self {
        Instant { calendar, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Instant {
    fn name(&self) -> &str {
        "instant"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        match arguments {
            [DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 | DataType::Null] => Ok(vec![DataType::Utf8]),
            [other] => plan_err!("instant() takes a text such as '2026-03-14', not {other}"),
            _ => plan_err!("instant() takes one argument"),
        }
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(schema::instant())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        super::try_map_column(arguments, |column| {
            let texts = column.as_string::<i32>();
            let read = |text: &str| match self.calendar.parse_instant(text) {
                Ok(at) => Ok(at.as_microsecond()),
                Err(message) => Err(exec_datafusion_err!("{message}")),
            };
            let instants = texts.iter().map(|text| text.map(read).transpose());
            let instants: TimestampMicrosecondArray = instants.collect::<Result<Vec<Option<i64>>>>()?.into();
            debug_assert_eq!(instants.len(), texts.len());
            Ok(Arc::new(instants.with_timezone("UTC")) as ArrayRef)
        })
    }
}
