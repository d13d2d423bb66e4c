//! The calls as they are sent.

use outbound::{
    Answer, Request, Url,
    http::{Method, header::ACCEPT},
};

use super::{
    CapricornClient,
    faults::{Asked, check, no_answer},
};
use crate::{
    domain::Account,
    repository::{SupplierError, SupplierFailure},
};

impl CapricornClient {
    /// A request for `path`, each of whose parts is one, whatever is in it.
    ///
    /// # Errors
    /// `NotFound` for parts that cannot stand in a path.
    pub(super) fn request(
        &self,
        account: &Account,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Request, SupplierError> {
        let mut url = self.settings.base.clone();
        let is_no_part = |part: &&str| {
            matches!(*part, "" | "." | "..") || part.chars().any(|c| kernel::text::is_forbidden(c, false))
        };
        if path.iter().any(is_no_part) {
            return Err(SupplierFailure::NotFound.into());
        }
        match url.path_segments_mut() {
            Ok(mut segments) => segments.pop_if_empty().extend(path),
            Err(()) => return Err(SupplierFailure::Failed("its address has no path".to_owned()).into()),
        };
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(Request::new(method, url)
            .key(self.lane(account))
            .bearer(&account.api_key)
            .header(ACCEPT, "application/json"))
    }

    /// Circuit and limit are the server's and the credentials' own.
    pub(super) fn lane(&self, account: &Account) -> String {
        lane(&self.settings.base, account)
    }

    pub(super) async fn send(&self, asked: Asked, request: Request) -> Result<Answer, SupplierError> {
        check(asked, self.http.send(request).await.map_err(|error| no_answer(&error))?)
    }
}

fn lane(base: &Url, account: &Account) -> String {
    format!("{base} {}", account.key_fingerprint)
}
