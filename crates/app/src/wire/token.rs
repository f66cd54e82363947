//! The JSON of `throughline token`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_people::Secret;
use utoipa::ToSchema;

/// A token without its secret, which is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    name: String,
    /// read, events, write, sql.
    scopes: Vec<String>,
    /// viewer, analyst, editor or admin.
    role: String,
    created_by: String,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    /// Whether it opens anything now.
    in_force: bool,
}

impl Token {
    /// The token as it stands at a moment.
    pub fn new(token: &throughline_people::Token, now: Timestamp) -> Token {
        Token {
            name: token.name.clone(),
            scopes: token.scopes.iter().map(ToString::to_string).collect(),
            role: token.role.to_string(),
            created_by: token.created_by.clone(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
            in_force: token.in_force(now),
        }
    }
}

/// A token that was just made, with its secret: the only time it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewToken)]
pub struct Made {
    secret: String,
    token: Token,
}

impl Made {
    /// The token as it was made at a moment.
    pub fn new(secret: &Secret, token: &throughline_people::Token, now: Timestamp) -> Made {
        Made { secret: secret.expose().to_owned(), token: Token::new(token, now) }
    }
}

/// All tokens, also those that are over.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    tokens: Vec<Token>,
}

impl Tokens {
    /// The tokens as they stand at a moment.
    pub fn new(tokens: &[throughline_people::Token], now: Timestamp) -> Tokens {
        Tokens { tokens: tokens.iter().map(|token| Token::new(token, now)).collect() }
    }
}
