//! The server: the upstream's routes, `/_sandbox` and the page.

mod catalogue;
mod connection;
mod control;
mod distort;
mod error;
mod fault;
mod key;
mod orders;
mod page;
mod quotes;
mod shapes;

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{App, HttpServer, dev::Server, middleware::from_fn, web};

use crate::state::State;
use error::ApiError;

/// The largest body that is read.
const BODY_LIMIT: usize = 1024 * 1024;
/// Longer than clients keep their connections, so that none is closed under a request that is just sent.
const KEEP_ALIVE: Duration = Duration::from_secs(600);
const HEAD_WITHIN: Duration = Duration::from_secs(30);

pub fn server(listener: TcpListener, workers: usize, state: Arc<State>) -> io::Result<Server> {
    let data = web::Data::from(state);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            .wrap(from_fn(fault::apply))
            .configure(routes)
            .configure(control::routes)
            .configure(page::routes)
            .default_service(web::to(|| async { Err::<&str, _>(ApiError::not_found("There is no such route.")) }))
    });
    let server = server
        .workers(workers)
        .on_connect(connection::remember)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_WITHIN)
        .client_disconnect_timeout(Duration::ZERO)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// A resource whose other methods are answered by 405.
fn resource(path: &str) -> actix_web::Resource {
    let refuse = || async { Err::<&str, _>(ApiError::method_not_allowed()) };
    web::resource(path).default_service(web::to(refuse))
}

fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(resource("/health").route(web::get().to(catalogue::health)))
        .service(resource("/products/search").route(web::get().to(catalogue::search)))
        .service(resource("/products/{id}").route(web::get().to(catalogue::product)))
        .service(resource("/inventory").route(web::get().to(catalogue::inventory)))
        .service(resource("/inventory/{id}").route(web::get().to(catalogue::stock)))
        .service(resource("/quotes").route(web::post().to(quotes::quote)))
        .service(resource("/orders").route(web::post().to(orders::create)).route(web::get().to(orders::find)))
        .service(resource("/orders/{id}").route(web::get().to(orders::get)))
        .service(resource("/orders/{id}/tracking").route(web::get().to(orders::tracking)))
        .service(resource("/orders/{id}/cancel").route(web::post().to(orders::cancel)))
        .service(resource("/orders/{id}/invoice").route(web::get().to(orders::invoice)));
}
