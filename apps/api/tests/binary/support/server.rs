use std::{fs::File, path::PathBuf, process::ExitStatus, time::Duration};

use actix_web::http::{
    Method, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use tokio::{
    process::Child,
    time::{Instant, sleep, timeout},
};

use super::Site;
use crate::common::Reply;

/// How long a start or an end may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server, killed when dropped.
pub struct Server {
    process: Child,
    base: String,
    stdout: PathBuf,
    stderr: PathBuf,
    http: reqwest::Client,
}

impl Server {
    pub(super) async fn start(site: &Site) -> Self {
        let address = site.address();
        let port = address.rsplit(':').next().expect("a port");
        let [stdout, stderr] = ["out", "err"].map(|name| site.path(&format!("{port}.{name}")));
        let mut command = site.command(&[]);
        // Files and not pipes: nobody has to read them for the server to go on.
        command.stdout(File::create(&stdout).expect("a file")).stderr(File::create(&stderr).expect("a file"));
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
        let process = command.spawn().expect("starts");
        let mut server = Self { process, base: format!("http://{address}"), stdout, stderr, http };
        server.await_start().await;
        server
    }

    async fn await_start(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while self.get("/health/live").try_send().await.is_err() {
            let ended = self.process.try_wait().expect("a process");
            assert!(ended.is_none() && Instant::now() < deadline, "{ended:?}\n{}", self.complaints());
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Where it is served, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What it told whoever started it.
    pub fn banner(&self) -> String {
        std::fs::read_to_string(&self.stdout).expect("a file")
    }

    /// What it logged.
    pub fn complaints(&self) -> String {
        std::fs::read_to_string(&self.stderr).expect("a file")
    }

    /// The processor time that it has used so far, in hundredths of a second; `None` where the system does not tell.
    pub fn processor_time(&self) -> Option<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()?)).ok()?;
        // The name, in parentheses, may hold blanks. After it, utime and stime are the 12th and 13th fields.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
    }

    /// A GET request, to be completed and sent.
    pub fn get(&self, path: &str) -> Ask {
        self.ask(Method::GET, path)
    }

    /// A POST request.
    pub fn post(&self, path: &str) -> Ask {
        self.ask(Method::POST, path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: &str) -> Ask {
        self.ask(Method::DELETE, path)
    }

    fn ask(&self, method: Method, path: &str) -> Ask {
        let method = method.as_str().parse().expect("a method");
        Ask(self.http.request(method, format!("{}{path}", self.base)))
    }

    /// A sign-in of staff.
    pub fn sign_in(&self, email: &str, password: &str) -> Ask {
        self.post("/api/admin/auth/login").json(&json!({ "email": email, "password": password }))
    }

    /// Makes a workshop; `about` is its name and subdomain.
    pub fn create_tenant(&self, token: &str, about: &str) -> Ask {
        let body = json!({ "name": about, "subdomain": about, "plan": "PROFESSIONAL" });
        self.post("/api/admin/tenants").bearer(token).json(&body)
    }

    /// Ends it as an operator does; answers how it ended.
    pub async fn terminate(mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        let ended = timeout(PATIENCE, self.process.wait()).await;
        ended.unwrap_or_else(|_| panic!("it does not end:\n{}", self.complaints())).expect("ends")
    }

    /// Ends it at once, in the middle of whatever it does.
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    /// Waits until a killed one is gone, and its port and files with it.
    pub async fn gone(mut self) {
        timeout(PATIENCE, self.process.wait()).await.expect("ends").expect("ends");
    }

    fn signal(&self, signal: Signal) {
        // No id: it has ended already.
        if let Some(id) = self.process.id() {
            kill(Pid::from_raw(i32::try_from(id).expect("an id")), signal).expect("a process of ours");
        }
    }
}

/// A request in the making.
pub struct Ask(reqwest::RequestBuilder);

impl Ask {
    /// Adds a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// Adds the access token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        Self(self.0.bearer_auth(token))
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// Sends it.
    pub async fn send(self) -> Reply {
        self.try_send().await.expect("an answer")
    }

    /// Sends it to a server that may die meanwhile.
    pub async fn try_send(self) -> Result<Reply, reqwest::Error> {
        let answer = self.0.send().await?;
        let status = StatusCode::from_u16(answer.status().as_u16()).expect("a status");
        let mut headers = HeaderMap::new();
        for (name, value) in answer.headers() {
            let name = HeaderName::from_bytes(name.as_str().as_bytes()).expect("a header's name");
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a header's value"));
        }
        Ok(Reply { status, headers, body: answer.bytes().await? })
    }
}
