//! `workspace_currency()`: the currency that money is converted to.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

/// The ISO 4217 code of the workspace's currency, as text.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct WorkspaceCurrency {
    code: String,
    signature: Signature,
}

impl WorkspaceCurrency {
    pub(super) fn new(code: String) -> Self {
        WorkspaceCurrency { code, signature: Signature::nullary(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for WorkspaceCurrency {
    fn name(&self) -> &str {
        "workspace_currency"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, _arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(ScalarValue::Utf8(Some(self.code.clone()))))
    }
}
