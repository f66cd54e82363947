//! The workspace as tools for assistants, over the Model Context Protocol: the same questions as on the command line,
//! asked the same way, with the same numbers. One file per group of tools.

mod arguments;
mod bounds;
mod data;
mod mask;
mod measures;
mod moved;
mod orders;
mod readers;
mod reply;
mod resources;
mod scorecard;
mod walks;

use std::sync::Arc;

use jiff::Timestamp;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::tool::ToolCallContext;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;
use throughline_engine::{Error, Reader, Result};
use tokio::sync::Mutex;

use crate::context::Context;
use crate::http::compute::Compute;
use crate::question::Shown;
use crate::render::style::{Style, USUAL};
use mask::Masks;
use readers::Readers;
use reply::{Answer, failed, headline, reply};

const INSTRUCTIONS: &str = "Throughline answers from one company's own records: a balanced scorecard and its customers' \
journeys. Begin with scorecard for where the company stands, list_measures for what can be read, journey_overview for \
where customers go. Every number comes with n and, where there is one, a 95 % interval: say both when you repeat it, and \
do not call a difference real whose interval includes zero. null means that nothing is known, never zero; `reason` says \
why. A value that is not `mature` can still change. Comparisons describe what happened and are no proof of a cause. \
`cut_off` says what was left out of an answer and how to see it. Shares are 0 to 1, durations are seconds, money is in \
the workspace's currency, instants are UTC. The resource throughline://docs/definitions says what every word means.";

/// One workspace, and what is kept between questions to it.
#[derive(Clone)]
pub struct Server {
    context: Context,
    readers: Arc<Readers>,
    masks: Option<Arc<Masks>>,
    tools: Arc<ToolRouter<Server>>,
    /// Where questions are worked on, so that messages are heard meanwhile.
    compute: Arc<Compute>,
    /// One question at a time: each may use all cores and much memory.
    turn: Arc<Mutex<()>>,
}

impl Server {
    /// The tools of a workspace. Customers are masked unless told otherwise.
    ///
    /// # Errors
    /// Internal: the system gives no threads.
    pub fn new(context: Context, unmasked: bool) -> Result<Server> {
        let mut tools = Server::measure_tools()
            + Server::scorecard_tools()
            + Server::moved_tools()
            + Server::walk_tools()
            + Server::order_tools()
            + Server::data_tools();
        for route in tools.map.values_mut() {
            arguments::finish(Arc::make_mut(&mut route.attr.input_schema));
        }
        Ok(Server {
            context,
            readers: Arc::default(),
            masks: (!unmasked).then(Arc::default),
            tools: Arc::new(tools),
            compute: Arc::new(Compute::new()?),
            turn: Arc::default(),
        })
    }

    /// The context at this moment: the program may have begun long ago.
    fn present(&self) -> Context {
        Context { now: Timestamp::now(), ..self.context.clone() }
    }

    /// The reader for a question.
    fn reader(&self, moment: &crate::cli::Moment) -> Result<Arc<Reader>> {
        self.readers.open(&self.present(), moment)
    }

    /// Asks; the headline of the page is the summary.
    async fn ask<Q: Shown>(&self, question: &Q) -> Result<Answer> {
        let reader = self.reader(question.moment())?;
        let found = question.ask(&reader, Timestamp::now(), &mut |_| ()).await?;
        let summary = headline(&question.page(&found, &reader, &Style::plain(USUAL)));
        Ok(Answer::new(summary, serde_json::to_value(question.wire(&found, &reader))?))
    }

    fn reply(&self, answer: Result<Answer>) -> CallToolResult {
        reply(answer, self.masks.as_deref())
    }

    /// Takes out what is null, and refuses what the tool does not know: a typing error must not change the question.
    fn tidy(request: &mut CallToolRequestParams, tool: &Tool) -> Result<()> {
        let Some(arguments) = &mut request.arguments else { return Ok(()) };
        arguments.retain(|_, value| !value.is_null());
        let known = tool.input_schema.get("properties").and_then(Value::as_object);
        let known: Vec<&str> = known.into_iter().flat_map(|known| known.keys().map(String::as_str)).collect();
        let Some(wrong) = arguments.keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
        let error = Error::input(format!("{} has no argument `{wrong}`.", tool.name));
        let near = throughline_model::diagnostic::hint_among(wrong, known.iter().copied());
        Err(error.hint(near.unwrap_or_else(|| format!("It has {}.", known.join(", ")))))
    }

    async fn call(&self, request: CallToolRequestParams, context: RequestContext<RoleServer>) -> Called {
        let _turn = self.turn.lock().await;
        in_our_form(self.tools.call(ToolCallContext::new(self, request, context)).await)
    }
}

type Called = std::result::Result<CallToolResponse, ErrorData>;

/// Arguments that do not fit the schema are told as every other error.
fn in_our_form(called: Called) -> Called {
    match called {
        Ok(CallToolResponse::Complete(result))
            if result.is_error == Some(true) && result.structured_content.is_none() =>
        {
            let text = result.content.first().and_then(|content| content.as_text());
            let text = text.map_or("", |text| text.text.as_str());
            let told = text.strip_prefix("failed to deserialize parameters: ").unwrap_or(text);
            Ok(failed(&Error::input(format!("The arguments do not fit: {told}."))).into())
        }
        other => other,
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().build();
        let version = env!("CARGO_PKG_VERSION");
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("throughline", version))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> std::result::Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.list_all()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tools.get(name).cloned()
    }

    async fn call_tool(&self, mut request: CallToolRequestParams, context: RequestContext<RoleServer>) -> Called {
        let Some(tool) = self.tools.get(&request.name) else {
            return Err(ErrorData::invalid_params(format!("There is no tool `{}`.", request.name), None));
        };
        if let Err(error) = Server::tidy(&mut request, tool) {
            return Ok(failed(&error).into());
        }
        let (name, cancelled) = (tool.name.clone(), context.ct.clone());
        let server = self.clone();
        let work = move || async move {
            Ok(tokio::select! {
                // Nobody waits for this answer any more.
                () = cancelled.cancelled() => Ok(failed(&Error::input("The question was called off.")).into()),
                called = server.call(request, context) => called,
            })
        };
        self.compute.run_now(work).await.unwrap_or_else(|_| {
            let error = Error::internal(format!("{name} failed, which is a defect of the program."));
            Ok(failed(&error.hint("Ask in another way, and report it with the arguments you gave.")).into())
        })
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> std::result::Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::list()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> std::result::Result<ReadResourceResponse, ErrorData> {
        resources::read(&request.uri).map(ReadResourceResponse::from)
    }
}
