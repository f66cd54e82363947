//! `least_confidence()`: how sure a link of an alias must be to count in this session.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::identity::Linking;

/// The least confidence of links that count: 0.9 under strict linking, 0 under loose linking.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct LeastConfidence {
    linking: Linking,
    signature: Signature,
}

impl LeastConfidence {
    pub(super) fn new(linking: Linking) -> Self {
        LeastConfidence { linking, signature: Signature::nullary(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for LeastConfidence {
    fn name(&self) -> &str {
        "least_confidence"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, _arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(ScalarValue::Float64(Some(self.linking.least_confidence()))))
    }
}
