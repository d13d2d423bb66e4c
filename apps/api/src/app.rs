//! The application as actix serves it: shared data, routes and what surrounds them.

use actix_web::{
    App, Error,
    body::BoxBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware, web,
};

use crate::{
    composition::Services,
    http::{
        HttpSettings, Routes, cors,
        envelope::{decodable, envelope},
    },
    routes,
};

/// Builds the application; called once a worker thread.
pub fn app(
    services: &Services,
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>
    + use<>,
> {
    app_with(services, &routes::all(services.config.environment))
}

/// The same with other routes, for tests of what surrounds them.
pub fn app_with(
    services: &Services,
    routes: &Routes,
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>
    + use<>,
> {
    let settings = HttpSettings::new(services);
    App::new()
        .configure(|config| services.provide(config))
        .configure(|config| routes.configure(config))
        .wrap(middleware::from_fn(decodable))
        .wrap(middleware::Compress::default())
        .wrap(cors::cors(&settings.cors_origins))
        .wrap(middleware::from_fn(envelope))
        .app_data(web::Data::new(settings))
}
