//! OCEL 2.0 as XML and as SQLite: events and objects in the shape that its JSON has.

mod database;

use std::sync::Arc;

use encoding_rs::Encoding;
use quick_xml::events::Event;
use serde::Serialize;

use crate::parts::{Content, Part, Source};
use crate::spool::{Rows, Spool};
use crate::xml::{attributes, log, next};
use crate::{Result, encoding};

pub(crate) use database::parts as of_database;

/// An event or an object.
#[derive(Debug, Default, Serialize)]
pub(super) struct Item {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<String>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) relationships: Vec<Relationship>,
}

/// An attribute of one; of objects with the time since when it holds.
#[derive(Debug, Default, Serialize)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<String>,
}

/// An object that one has to do with.
#[derive(Debug, Default, Serialize)]
pub(super) struct Relationship {
    #[serde(rename = "objectId")]
    pub(super) object_id: String,
    pub(super) qualifier: String,
}

/// Events and objects on their way out.
pub(super) struct Items {
    events: Rows,
    objects: Rows,
}

impl Items {
    pub(super) fn new(spool: &mut Spool) -> std::io::Result<Self> {
        Ok(Items { events: spool.rows()?, objects: spool.rows()? })
    }

    pub(super) fn write(&mut self, event: bool, line: u64, item: &Item) -> std::io::Result<()> {
        let rows = if event { &mut self.events } else { &mut self.objects };
        rows.write(line, &serde_json::to_vec(item)?)
    }

    pub(super) fn finish(self, source: &Source<'_>) -> std::io::Result<Vec<Part>> {
        let (events, objects) = (self.events.finish()?, self.objects.finish()?);
        let part = |name, path| source.part("list", name, Content { path, columns: None });
        Ok(vec![part("events", events), part("objects", objects)])
    }
}

/// The events and objects of a log in XML.
pub(crate) fn parts(source: &Source<'_>, encoding: &'static Encoding, spool: &mut Spool) -> Result<Vec<Part>> {
    let wrong = |error: std::io::Error| source.unreadable(&error);
    let text = encoding::open(source.path, encoding, Arc::default()).map_err(wrong)?;
    let (mut log, mut buffer) = (log(text), Vec::new());
    let mut items = Items::new(spool).map_err(wrong)?;
    // The item that is open: whether it is an event, its line and depth.
    let mut open: Option<(bool, u64, usize, Item)> = None;
    let (mut depth, mut outer, mut in_value) = (0usize, String::new(), false);
    loop {
        let (line, event) = next(source, &mut log, &mut buffer)?;
        match event {
            Event::Start(element) => {
                depth += 1;
                let name = element.name().into_inner();
                in_value = name == "attribute" && open.is_some();
                if depth == 2 {
                    outer = name.to_owned();
                }
                let fields = Fields(attributes(source, line, &element)?);
                match (&mut open, name) {
                    (None, "event" | "object") if matches!(outer.as_str(), "events" | "objects") => {
                        open = Some((name == "event", line, depth, fields.item()));
                    }
                    (Some((.., item)), "attribute") => item.attributes.push(fields.attribute()),
                    (Some((.., item)), "relationship" | "relobj" | "object") => {
                        item.relationships.push(fields.relationship());
                    }
                    _ => {}
                }
            }
            Event::Text(text) if in_value => {
                if let Some(last) = open.as_mut().and_then(|(.., item)| item.attributes.last_mut()) {
                    last.value.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(name) if in_value => {
                let text = quick_xml::escape::unescape(&format!("&{};", &*name)).map(|text| text.into_owned());
                if let Some(last) = open.as_mut().and_then(|(.., item)| item.attributes.last_mut()) {
                    last.value.push_str(&text.unwrap_or_default());
                }
            }
            Event::End(_) => {
                in_value = false;
                if let Some((event, line, _, item)) = open.take_if(|(_, _, begun, _)| *begun == depth) {
                    items.write(event, line, &item).map_err(wrong)?;
                }
                depth = depth.saturating_sub(1);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    items.finish(source).map_err(wrong)
}

/// The attributes of an element.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn of(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    fn item(&self) -> Item {
        let (id, kind) = (self.of("id").unwrap_or_default(), self.of("type").unwrap_or_default());
        Item { id, kind, time: self.of("time"), ..Item::default() }
    }

    fn attribute(&self) -> Attribute {
        Attribute { name: self.of("name").unwrap_or_default(), value: String::new(), time: self.of("time") }
    }

    fn relationship(&self) -> Relationship {
        let object_id = self.of("object-id").or_else(|| self.of("objectId")).unwrap_or_default();
        Relationship { object_id, qualifier: self.of("qualifier").unwrap_or_default() }
    }
}
