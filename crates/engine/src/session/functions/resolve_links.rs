//! `resolve_links(links)`: follows links of aliases through other aliases to the customer at the end.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, StringArray, StructArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type, TimestampMicrosecondType};
use datafusion::common::{Result, exec_datafusion_err, plan_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::identity::chains::{End, Step, resolve};
use crate::store::schema;

/// Takes the list of all links, each a struct of alias, customer_id, confidence and since, and gives the list of
/// structs of alias, customer_id (at the end of the chain) and circle (see [`End`]), sorted by alias.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct ResolveLinks {
    signature: Signature,
}

impl ResolveLinks {
    pub(super) fn new() -> Self {
        ResolveLinks { signature: Signature::any(1, Volatility::Immutable) }
    }
}

fn fields() -> Fields {
    ["alias", "customer_id", "circle"].map(|name| Field::new(name, DataType::Utf8, true)).to_vec().into()
}

fn element() -> Arc<Field> {
    Arc::new(Field::new_list_field(DataType::Struct(fields()), true))
}

impl ScalarUDFImpl for ResolveLinks {
    fn name(&self) -> &str {
        "resolve_links"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [DataType::List(item)] if matches!(item.data_type(), DataType::Struct(_)) => Ok(DataType::List(element())),
            _ => plan_err!("resolve_links() takes a list of structs of alias, customer_id, confidence and since"),
        }
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let lists = ColumnarValue::values_to_arrays(&arguments.args)?;
        let lists = lists.first().and_then(|lists| lists.as_list_opt::<i32>());
        let lists = lists.ok_or_else(|| exec_datafusion_err!("resolve_links() takes a list"))?;
        let mut ends: Vec<End> = Vec::new();
        let mut lengths = Vec::with_capacity(lists.len());
        for list in lists.iter() {
            let before = ends.len();
            if let Some(list) = list {
                ends.extend(resolve(steps(&list)?));
            }
            lengths.push(ends.len() - before);
        }
        let texts = |of: fn(&End) -> Option<&str>| Arc::new(ends.iter().map(of).collect::<StringArray>()) as ArrayRef;
        let columns = vec![
            texts(|end| Some(&end.alias)),
            texts(|end| Some(&end.customer_id)),
            texts(|end| end.circle.as_deref()),
        ];
        let structs = StructArray::try_new(fields(), columns, None)?;
        let lists = ListArray::try_new(element(), OffsetBuffer::from_lengths(lengths), Arc::new(structs), None)?;
        Ok(ColumnarValue::Array(Arc::new(lists)))
    }
}

/// The links of one list; one without alias or customer is none.
fn steps(list: &ArrayRef) -> Result<Vec<Step>> {
    let column = |name: &str, kind: &DataType| -> Result<ArrayRef> {
        let column = list.as_struct_opt().and_then(|links| links.column_by_name(name));
        let column = column.ok_or_else(|| exec_datafusion_err!("the links of resolve_links() have no {name}"))?;
        Ok(cast(column, kind)?)
    };
    let (alias, customer) = (column("alias", &DataType::Utf8)?, column("customer_id", &DataType::Utf8)?);
    let (confidence, since) = (column("confidence", &DataType::Float64)?, column("since", &schema::instant())?);
    let pairs = alias.as_string::<i32>().iter().zip(customer.as_string::<i32>());
    let strengths =
        confidence.as_primitive::<Float64Type>().iter().zip(since.as_primitive::<TimestampMicrosecondType>());
    let steps = pairs.zip(strengths).filter_map(|((alias, customer_id), (confidence, since))| {
        let (alias, customer_id) = (alias?.to_owned(), customer_id?.to_owned());
        Some(Step { alias, customer_id, confidence: confidence.unwrap_or(1.0), since })
    });
    Ok(steps.collect())
}
