use std::net::SocketAddr;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A request to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) path: String,
    /// The whole `Authorization` header.
    pub(crate) authorization: Option<HeaderValue>,
    /// JSON.
    pub(crate) body: Option<Bytes>,
}

impl Call {
    /// A GET.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), authorization: None, body: None }
    }

    /// A POST of JSON.
    pub(crate) fn post(path: impl Into<String>, body: &serde_json::Value) -> Self {
        let body = Some(Bytes::from(body.to_string()));
        Self { method: Method::POST, path: path.into(), authorization: None, body }
    }

    /// The same call, signed in.
    pub(crate) fn signed_in(mut self, authorization: &HeaderValue) -> Self {
        self.authorization = Some(authorization.clone());
        self
    }
}

/// One kept-alive HTTP/1.1 connection. Far lighter than a full client: on a small machine the loader
/// takes its processor time from the server that it measures.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Ends with the connection; what goes wrong shows at the next request.
        tokio::spawn(connection);
        Ok(Self { sender, host: HeaderValue::from_str(&address.to_string())? })
    }

    /// Sends a call and reads the answer through, keeping nothing of the body.
    ///
    /// Returns the status and the body's length in bytes.
    pub(crate) async fn exchange(&mut self, call: &Call) -> anyhow::Result<(StatusCode, u64)> {
        self.sender.ready().await?;
        let mut answer = self.sender.send_request(self.request(call)?).await?;
        let mut length = 0;
        while let Some(frame) = answer.body_mut().frame().await {
            length += frame?.data_ref().map_or(0, |data| data.len() as u64);
        }
        Ok((answer.status(), length))
    }

    /// Sends a call and keeps the body; any status but 2xx is an error that shows it.
    pub(crate) async fn fetch(&mut self, call: &Call) -> anyhow::Result<serde_json::Value> {
        self.sender.ready().await?;
        let answer = self.sender.send_request(self.request(call)?).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            anyhow::bail!("{} {} answered {status}: {}", call.method, call.path, String::from_utf8_lossy(&body));
        }
        Ok(serde_json::from_slice(&body)?)
    }

    fn request(&self, call: &Call) -> anyhow::Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(&call.method)
            .uri(&call.path)
            .header(HOST, &self.host)
            .header(USER_AGENT, "nextcrm-bench");
        if let Some(authorization) = &call.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if call.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        Ok(request.body(Full::new(call.body.clone().unwrap_or_default()))?)
    }
}
