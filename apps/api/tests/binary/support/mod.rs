//! The built binary as its users have it: an installation in a directory of its own, commands, servers, and SQL
//! where the API does not reach.
#![allow(dead_code, unused_imports, reason = "each test binary uses its part")]

mod server;
mod site;
mod sql;

pub use self::{
    server::{Ask, Server},
    site::{Site, free_port},
    sql::Sql,
};
