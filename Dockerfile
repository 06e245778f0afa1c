# Docket in an image without a shell: one static binary, certificates, time zones, no root.
#
#   docker build -t docket .
#   docker run -p 8080:8080 -e DOCKET_ADMIN_TOKEN_FILE=/run/secrets/admin -v docket:/data ... docket
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w -X main.version=${VERSION}" -o /out/docket ./cmd/docket \
    && mkdir -m 0700 /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip
COPY --from=build /out/docket /docket
COPY --from=build --chown=65532:65532 /out/data /data
ENV ZONEINFO=/zoneinfo.zip PORT=8080 DATABASE_URL=/data/docket.db
WORKDIR /data
USER 65532:65532
VOLUME /data
EXPOSE 8080
# /readyz is asked by the platform: there is no shell here to ask it with.
ENTRYPOINT ["/docket"]
CMD ["serve"]
