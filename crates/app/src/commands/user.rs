//! `throughline user`: who may log in, and as what.

use clap::{Args, Subcommand};
use throughline_engine::Result;
use throughline_people::{Actor, NewUser, Role, User};

use super::typed;
use crate::context::Context;
use crate::people::{error, open, random};
use crate::render;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `user`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add a user; the first one must be an admin
    Add(Add),
    /// List all users
    List,
    /// Give a user another role
    Role(ChangeRole),
    /// Give a user another password
    Password(Password),
    /// Keep a user from logging in
    Disable(Named),
    /// Let a user log in again
    Enable(Named),
    /// Remove a user
    Remove(Named),
}

#[derive(Debug, Args)]
struct Add {
    /// Name: 1 to 64 letters
    #[arg(value_name = "NAME")]
    name: String,
    /// What the user may do: viewer, analyst, editor or admin
    #[arg(long, value_name = "ROLE")]
    role: Role,
    /// Read the password from standard input instead of the terminal
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
struct ChangeRole {
    /// Name of the user
    #[arg(value_name = "NAME")]
    name: String,
    /// What the user may do: viewer, analyst, editor or admin
    #[arg(value_name = "ROLE")]
    role: Role,
}

#[derive(Debug, Args)]
struct Password {
    /// Name of the user
    #[arg(value_name = "NAME")]
    name: String,
    /// Read the password from standard input instead of the terminal
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
struct Named {
    /// Name of the user
    #[arg(value_name = "NAME")]
    name: String,
}

/// Lists or changes users.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let people = open(&workspace)?;
    let (by, now) = (Actor::machine(&context.who), context.now);
    let done = match arguments.action {
        Action::List => {
            let (users, zone) = (people.users().map_err(error)?, workspace.settings()?.zone);
            return context
                .reply(|style| render::user::list(&users, &zone, style), || wire::user::Users::from(users.as_slice()));
        }
        Action::Add(Add { name, role, password_stdin }) => {
            let first = people.is_empty().map_err(error)?;
            let password = typed::password(&name, password_stdin)?;
            let new = NewUser { name: &name, role, password: &password };
            let user = people.add_user(&by, &new, now, &mut random).map_err(error)?;
            return answer(&user, context, |user| render::user::added(user, first));
        }
        Action::Password(Password { name, password_stdin }) => {
            // A wrong name is told before somebody thinks up a password.
            let user = people.user(&name).map_err(error)?;
            let password = typed::password(&user.name, password_stdin)?;
            let user = people.set_password(&by, &name, &password, now, &mut random).map_err(error)?;
            return answer(&user, context, |user| format!("{} has a new password and is logged out.", user.name));
        }
        Action::Role(ChangeRole { name, role }) => people.set_role(&by, &name, role, now),
        Action::Disable(Named { name }) => people.set_disabled(&by, &name, true, now),
        Action::Enable(Named { name }) => people.set_disabled(&by, &name, false, now),
        Action::Remove(Named { name }) => {
            let user = people.remove_user(&by, &name, now).map_err(error)?;
            return answer(&user, context, |user| format!("{} is removed and logged out.", user.name));
        }
    };
    answer(&done.map_err(error)?, context, render::user::standing)
}

fn answer(user: &User, context: &Context, sentence: impl FnOnce(&User) -> String) -> Result<Reply> {
    context.reply(|style| render::user::said(&sentence(user), style), || wire::user::User::from(user))
}
