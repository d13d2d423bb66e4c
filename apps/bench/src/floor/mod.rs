//! The floor: what bare actix-web and sqlx do with the same SQL and the same JSON, and with nothing else:
//! no sign-in, no permissions, no validation, no request ids, no logs, no metrics. Its requests per second
//! are the most that a server on this stack could reach on this machine.

mod answers;
mod store;

use std::time::Duration;

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{App, HttpResponse, HttpServer, web};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier as _};
use serde::Deserialize;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::options::FloorOptions;

/// Serves until it is killed.
pub(crate) async fn serve(options: FloorOptions) -> anyhow::Result<()> {
    // Row-level security shows it all rows, as it does to the server's staff.
    let all: PgConnectOptions = options.database_url.parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(options.connections)
        .acquire_timeout(Duration::from_secs(3))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(all.options([("nextcrm.scope", "all")]))
        .await?;
    let pool = Data::new(pool);
    HttpServer::new(move || {
        App::new()
            .app_data(Data::clone(&pool))
            .route("/health", web::get().to(HttpResponse::Ok))
            .route("/api/admin/auth/login", web::post().to(login))
            .route("/api/admin/auth/verify/{id}", web::get().to(verify))
            .route("/api/admin/tenants", web::get().to(list))
            .route("/api/admin/tenants", web::post().to(create))
            .route("/api/admin/tenants/{id}", web::get().to(get))
    })
    .bind(options.bind)?
    .run()
    .await?;
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> actix_web::Error {
    actix_web::error::ErrorInternalServerError(error.to_string())
}

fn not_found() -> actix_web::Error {
    actix_web::error::ErrorNotFound("not found")
}

#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

/// Only the password: no session, no tokens, no audit entry.
async fn login(pool: Data<PgPool>, body: Json<Credentials>) -> actix_web::Result<HttpResponse> {
    let Credentials { email, password } = body.into_inner();
    let hash = store::password_hash(&pool, &email).await.map_err(failed)?.ok_or_else(not_found)?;
    let right = web::block(move || {
        let hash = PasswordHash::new(&hash).map_err(|error| error.to_string())?;
        Ok::<bool, String>(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    match right.await? {
        Ok(true) => Ok(HttpResponse::Ok().finish()),
        Ok(false) => Ok(HttpResponse::Unauthorized().finish()),
        Err(error) => Err(failed(error)),
    }
}

async fn verify(pool: Data<PgPool>, id: Path<Uuid>) -> actix_web::Result<HttpResponse> {
    let user = store::admin(&pool, *id).await.map_err(failed)?.ok_or_else(not_found)?;
    Ok(HttpResponse::Ok().json(answers::Verified { user }))
}

#[derive(Deserialize)]
struct ListQuery {
    limit: i64,
    search: Option<String>,
}

async fn list(pool: Data<PgPool>, query: Query<ListQuery>) -> actix_web::Result<HttpResponse> {
    let ListQuery { limit, search } = query.into_inner();
    let page = match search {
        None => store::first_page(&pool, limit).await,
        Some(text) => store::search(&pool, limit, &text).await,
    };
    Ok(HttpResponse::Ok().json(page.map_err(failed)?))
}

async fn get(pool: Data<PgPool>, id: Path<Uuid>) -> actix_web::Result<HttpResponse> {
    let tenant = store::tenant_view(&pool, *id).await.map_err(failed)?.ok_or_else(not_found)?;
    Ok(HttpResponse::Ok().json(answers::Single { tenant }))
}

#[derive(Deserialize)]
struct Creation {
    name: String,
    subdomain: String,
    plan: String,
}

async fn create(pool: Data<PgPool>, body: Json<Creation>) -> actix_web::Result<HttpResponse> {
    let Creation { name, subdomain, plan } = body.into_inner();
    let tenant = store::create(&pool, &name, &subdomain, &plan).await.map_err(failed)?;
    Ok(HttpResponse::Created().json(answers::Single { tenant }))
}
