//! `json_list(text)` and `json_value(text, path)`: what stands in JSON that a column holds.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, ListBuilder, StringArray, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::utils::take_function_args;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use throughline_formats::json::{elements, value_at};

/// Both functions.
pub(crate) fn functions() -> [ScalarUDF; 2] {
    let signature = || Signature::user_defined(Volatility::Immutable);
    [ScalarUDF::from(JsonList { signature: signature() }), ScalarUDF::from(JsonValue { signature: signature() })]
}

/// The elements of a list as texts: texts without quotes, numbers with all their digits, objects and lists as JSON, null
/// as NULL. An object that is no list is its only element; what is no JSON has no elements.
#[derive(Debug, PartialEq, Eq, Hash)]
struct JsonList {
    signature: Signature,
}

/// The value at a path of names (and of places from 0 in lists) with dots between; NULL where there is none.
#[derive(Debug, PartialEq, Eq, Hash)]
struct JsonValue {
    signature: Signature,
}

fn texts(function: &str, arguments: &[DataType], wanted: usize) -> Result<Vec<DataType>> {
    let text =
        |kind: &DataType| matches!(kind, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 | DataType::Null);
    if arguments.len() != wanted {
        return plan_err!("{function}() takes {wanted} argument(s)");
    }
    match arguments.iter().find(|kind| !text(kind)) {
        Some(other) => plan_err!("{function}() takes text, not {other}"),
        None => Ok(vec![DataType::Utf8; wanted]),
    }
}

impl ScalarUDFImpl for JsonList {
    fn name(&self) -> &str {
        "json_list"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        texts(self.name(), arguments, 1)
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        super::map_column(arguments, |column| {
            let mut lists = ListBuilder::new(StringBuilder::new());
            for text in column.as_string::<i32>() {
                match text.and_then(elements) {
                    Some(found) => lists.append_value(found),
                    None => lists.append_null(),
                }
            }
            Arc::new(lists.finish()) as ArrayRef
        })
    }
}

impl ScalarUDFImpl for JsonValue {
    fn name(&self) -> &str {
        "json_value"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        texts(self.name(), arguments, 2)
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = arguments.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { arguments.number_rows };
        let [texts, paths] = take_function_args(self.name(), arguments.args)?;
        let (texts, paths) = (texts.into_array(rows)?, paths.into_array(rows)?);
        let pairs = texts.as_string::<i32>().iter().zip(paths.as_string::<i32>());
        let found: StringArray = pairs.map(|(text, path)| value_at(text?, path?)).collect();
        let found: ArrayRef = Arc::new(found);
        if constant {
            Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&found, 0)?))
        } else {
            Ok(ColumnarValue::Array(found))
        }
    }
}
