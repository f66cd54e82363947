//! `as_of()`: the instant that a question is asked for.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use jiff::Timestamp;

use crate::store::schema;

/// The as-of instant of the session, or the present moment where it has none. `now()` and
/// `current_timestamp` are the same, so that a question asked again for the same instant gives the
/// same answer.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct AsOf {
    micros: i64,
    signature: Signature,
    aliases: Vec<String>,
}

impl AsOf {
    pub(super) fn new(at: Timestamp) -> Self {
        AsOf {
            micros: at.as_microsecond(),
            signature: Signature::nullary(Volatility::Immutable),
            aliases: vec!["now".into(), "current_timestamp".into()],
        }
    }
}

impl ScalarUDFImpl for AsOf {
    fn name(&self) -> &str {
        "as_of"
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(schema::instant())
    }

    fn invoke_with_args(&self, _arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(ScalarValue::TimestampMicrosecond(Some(self.micros), Some("UTC".into()))))
    }
}
