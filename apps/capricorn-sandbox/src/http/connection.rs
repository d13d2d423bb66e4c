//! The connection under a request, for faults that are none of HTTP's.

use std::{
    any::Any,
    io,
    os::fd::{AsFd as _, OwnedFd},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodySize, MessageBody},
    dev::Extensions,
    rt::net::TcpStream,
    web::Bytes,
};
use socket2::SockRef;

/// The same connection once more.
struct Connection(OwnedFd);

/// Keeps each connection for its requests.
pub fn remember(connection: &dyn Any, data: &mut Extensions) {
    if let Some(same) = connection.downcast_ref::<TcpStream>().and_then(|it| it.as_fd().try_clone_to_owned().ok()) {
        data.insert(Connection(same));
    }
}

/// Closes the connection without an answer.
pub fn close() -> HttpResponse {
    HttpResponse::Ok().body(Broken { first: None, declared: 1, waited: true })
}

/// Closes the connection by a reset.
pub fn reset(request: &HttpRequest) -> HttpResponse {
    if let Some(Connection(same)) = request.conn_data::<Connection>() {
        // Nothing lingers: closing resets.
        let _ = SockRef::from(same).set_linger(Some(Duration::ZERO));
    }
    close()
}

/// Sends the first half of a body, then closes.
pub fn half(mut answer: HttpResponse, body: &Bytes) -> HttpResponse {
    let first = body.slice(..body.len() / 2);
    let declared = body.len() as u64;
    answer.headers_mut().remove(actix_web::http::header::CONTENT_LENGTH);
    answer.set_body(Broken { first: Some(first), declared, waited: false }).map_into_boxed_body()
}

/// A body that breaks off. What fails at the first poll takes the headers with it, as nothing has been sent by then.
struct Broken {
    first: Option<Bytes>,
    declared: u64,
    waited: bool,
}

impl MessageBody for Broken {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.declared)
    }

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Bytes, io::Error>>> {
        use std::task::Poll;
        if let Some(first) = self.first.take().filter(|first| !first.is_empty()) {
            return Poll::Ready(Some(Ok(first)));
        }
        if !self.waited {
            // What there is goes out meanwhile.
            self.waited = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionAborted))))
    }
}
